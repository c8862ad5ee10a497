/** Escapes text for HTML. */
export function escape(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (letter) => names[letter] ?? letter);
}

const style = `
:root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.answer { font-size: 1.3rem; font-weight: 600; }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
figcaption { color: #555; font-size: .9rem; }
.faces { display: flex; flex-wrap: wrap; gap: .4rem; } .faces figure { margin: 0; }
.faces img { display: block; width: 72px; height: 72px; } .faces figcaption { font-size: .75rem; }
.warning { border-left: 4px solid #b50; padding-left: .8rem; }
footer { margin-top: 3rem; color: #555; font-size: .85rem; overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
`;

/** A self-contained page: its heading, what is below it, and what it was made with. */
export function pageOf(title: string, body: string, facts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>${body}
<footer>${facts.map(escape).join(" · ")}. Made on this machine; not a medical device.</footer>
</body>
</html>
`;
}
