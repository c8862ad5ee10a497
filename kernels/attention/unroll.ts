/**
 * Writes out the loops `for (var i = 0u; i < NAME; i++)` of a kernel whose bounds are given, and makes
 * variables of its functions' arrays of such lengths. A software adapter keeps an array with a running
 * index in memory; and Deno's naga counts the rounds of every loop, so that no compiler sees that one
 * is short.
 *
 * @param lengths The bounds, and other constants, by name: the kernel gets them as well.
 */
export function unroll(source: string, lengths: Readonly<Record<string, number>>): string {
  const names = Object.keys(lengths).join("|");
  const loop = new RegExp(`for \\(var (\\w+) = 0u; \\1 < (${names}); \\1\\+\\+\\) \\{`);
  let text = source;
  for (let found; (found = loop.exec(text));) {
    const [head, index = "", name = ""] = found, start = found.index + head.length;
    let end = start;
    for (let depth = 1; depth > 0; end++) depth += { "{": 1, "}": -1 }[text[end] ?? "}"] ?? 0;
    const body = text.slice(start, end - 1), use = new RegExp(`\\b${index}\\b`, "g");
    const rounds = Array.from(
      { length: lengths[name] ?? 0 },
      (_, i) => `{${body.replace(use, `${i}u`)}}`,
    );
    text = text.slice(0, found.index) + rounds.join("\n") + text.slice(end);
  }
  const type = "((?:[^<>]|<\\w+>)+?)", lengthsOf = `((?:, (?:${names})>)+)`;
  const arrays = new RegExp(`\\bvar (\\w+): (?:array<)+${type}${lengthsOf};`, "g");
  for (const [declared, array, element, sizes = ""] of [...text.matchAll(arrays)]) {
    const suffixes = [...sizes.matchAll(/\w+/g)].reverse().reduce<string[]>(
      (all, [name]) =>
        all.flatMap((suffix) =>
          Array.from({ length: lengths[name] ?? 0 }, (_, i) => `${suffix}_${i}`)
        ),
      [""],
    );
    const indices = suffixes[0]?.match(/_/g)?.map(() => "\\[(\\d+)u\\]").join("");
    text = text
      .replace(
        declared,
        suffixes.map((suffix) => `var ${array}${suffix} = ${element}();`).join("\n"),
      )
      .replace(
        new RegExp(`\\b${array}${indices}`, "g"),
        (use) => use.replace(/\[(\d+)u\]/g, "_$1"),
      );
  }
  const constants = Object.entries(lengths).map(([name, length]) =>
    `const ${name} = ${length}u;\n`
  );
  return constants.join("") + text;
}
