import { unescapeHtml, windows1252 } from "./unescape_html.ts";

/** White space as Unicode has it; JavaScript's `\s` has U+FEFF as well and lacks U+0085. */
const space = "\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
const spaces = new RegExp(`[${space}]+`, "g");

/** Characters that are no white space, letter or number, for the tokenizer's expression. */
export const otherCharacters = `[^${space}\\p{L}\\p{N}]`;

/** References that ftfy takes for one: those with their end. */
const closedReference = /&#?[0-9A-Za-z]{1,24};/g;

/** Letters that typesetters join, as ftfy takes them apart. */
const ligatures: Readonly<Record<string, string>> = {
  "Ĳ": "IJ",
  "ĳ": "ij",
  "ŉ": "ʼn",
  "Ǳ": "DZ",
  "ǲ": "Dz",
  "ǳ": "dz",
  "Ǆ": "DŽ",
  "ǅ": "Dž",
  "ǆ": "dž",
  "Ǉ": "LJ",
  "ǈ": "Lj",
  "ǉ": "lj",
  "Ǌ": "NJ",
  "ǋ": "Nj",
  "ǌ": "nj",
  "ﬀ": "ff",
  "ﬁ": "fi",
  "ﬂ": "fl",
  "ﬃ": "ffi",
  "ﬄ": "ffl",
  "ﬅ": "ſt",
  "ﬆ": "st",
};

/**
 * Cleans a text as CLIP does before it tokenizes it. The original calls ftfy first. Of that, all is
 * here but the repair of text that was decoded wrongly (`Ã©` for `é`), whose tables are large.
 */
export function cleanText(text: string): string {
  return collapseSpaces(unescapeHtml(unescapeHtml(fixCharacters(text)))).toLowerCase();
}

function collapseSpaces(text: string): string {
  return text.replace(spaces, " ").replace(/^ | $/g, "");
}

/** ftfy's steps, line by line. */
function fixCharacters(text: string): string {
  // From the first line with a tag in it, text is taken for HTML, whose references must stay.
  let unescapes = true;
  return text.split(/(?<=\n)/).map((line) => {
    unescapes &&= !line.includes("<");
    return fixLine(line, unescapes);
  }).join("");
}

/** All steps, again until nothing changes, as one may make work for another. */
function fixLine(line: string, unescapes: boolean): string {
  let before: string, now = line;
  do {
    before = now;
    now = fixOnce(before, unescapes);
  } while (now !== before);
  return now;
}

function fixOnce(text: string, unescapes: boolean): string {
  return (unescapes ? text.replace(closedReference, unescapeClosed) : text)
    // Control characters that were meant to be characters of Windows-1252.
    .replace(/[\x80-\x9F]/g, (c) => windows1252[c.charCodeAt(0) - 0x80] ?? c)
    .replace(/[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g, (c) => ligatures[c] ?? c)
    // Forms as wide as an ideograph, and half as wide.
    .replace(/[\u3000\uFF01-\uFFEF]/g, (c) => c.normalize("NFKC"))
    .replace(/[\u02BC\u2018-\u201B]/g, "'")
    .replace(/[\u201C-\u201F]/g, '"')
    .replace(/\r\n|[\r\u2028\u2029\x85]/g, "\n")
    .toWellFormed()
    // deno-lint-ignore no-control-regex -- that is what is removed
    .replace(/\x1B\[[\p{Nd};]*[a-zA-Z]/gu, "")
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0B\x0E-\x1F\x7F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]/g, "")
    .normalize("NFC");
}

/**
 * A reference as ftfy takes it: only a whole one, not the first letters of a longer name, but also
 * names in capitals by mistake (`&EACUTE;`), where the capitals mean nothing else.
 */
function unescapeClosed(reference: string): string {
  const text = unescapeHtml(reference);
  if (reference.startsWith("&#")) return text.includes(";") ? reference : text;
  if (text !== reference) return isWhole(text) ? text : reference;
  if (reference !== reference.toUpperCase()) return reference;
  const small = reference.toLowerCase(), meant = unescapeHtml(small);
  return meant !== small && isWhole(meant) ? meant.toUpperCase() : reference;
}

/** Whether nothing of a reference is left in what it became; `&semi;` becomes a semicolon. */
function isWhole(text: string): boolean {
  return text === ";" || !text.endsWith(";");
}
