/** What the authors' loader makes of a file: rows of path, label and text; or the class of its error. */
export type OfficialLabels =
  | { readonly rows: readonly (readonly [string, number, string])[] }
  | { readonly error: string };

/**
 * Reads a file of labels of videos as the authors' code does, quirks included: it is there to be compared with, and nothing
 * else uses it.
 */
export function readOfficialLabels(text: string): OfficialLabels {
  const rows: [string, number, string][] = [], known = new Set<string>();
  // Python's text mode takes a lone carriage return as the end of a line as well.
  for (const line of text.replace(/(\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/)) {
    const [id, label] = line.split(",");
    if (id === undefined || label === undefined || !/^\s*[-+]?\d+(_\d+)*\s*$/.test(label)) {
      return { error: "ValueError" };
    }
    if (known.has(id)) return { error: "AssertionError" };
    known.add(id);
    // The text is what is left when these are removed, wherever they stand.
    rows.push([id, Number(label.replaceAll("_", "")), line.replaceAll(`${id},${label},`, "")]);
  }
  return { rows };
}
