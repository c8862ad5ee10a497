/** A row of a table, and the line of the text that it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads comma-separated values as in RFC 4180: quoted cells may contain commas, line ends and doubled
 * quotes. Empty lines are skipped. A row that can't be read is reported as a fault, with the reason.
 */
export function parseCsv(text: string) {
  const rows: CsvRow[] = [], faults: { readonly line: number; readonly why: string }[] = [];
  // A cell and what ends it: quoted, or plain up to the next comma or line end.
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1, begun = 1, cells: string[] = [];
  for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length;) {
    pattern.lastIndex = at;
    const [whole, quoted, plain = "", end] = pattern.exec(text) ?? [];
    if (whole === undefined) {
      const next = text.indexOf("\n", at), rest = text.slice(at, next < 0 ? undefined : next);
      faults.push({
        line,
        why: rest.startsWith('"')
          ? "a quoted cell does not end, or something follows it"
          : "a quote stands inside a cell that is not quoted",
      });
      at = next < 0 ? text.length : next + 1;
      [cells, line] = [[], line + 1];
      begun = line;
      continue;
    }
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split("\n").length - 1;
    at += whole.length;
    if (end === "," && at < text.length) continue;
    if (end === ",") cells.push("");
    if (cells.length > 1 || cells[0] !== "" || quoted !== undefined) {
      rows.push({ line: begun, cells });
    }
    [cells, begun] = [[], line];
  }
  return { rows, faults };
}

/** A row of a table, with its line end. Numbers that are not finite are left empty. */
export function csvRow(cells: readonly (string | number | undefined)[]): string {
  return cells.map((cell) => {
    if (typeof cell === "number") return Number.isFinite(cell) ? `${cell}` : "";
    return /[",\r\n]/.test(cell ?? "") ? `"${cell?.replaceAll('"', '""')}"` : cell ?? "";
  }).join(",") + "\r\n";
}
