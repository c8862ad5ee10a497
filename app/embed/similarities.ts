import { dot, softmax, unit } from "../../numbers/vectors.ts";
import type { Embeddings } from "./output.ts";

/** Maximum width of a printed name, and maximum number of columns. */
const widest = 32;
const mostColumns = 12;

/**
 * A table of cosines: images in rows, texts in columns; where there is only one kind, each with
 * each. Several texts are weighed against each other by a softmax, at the scale that CLIP learnt.
 */
export function formatSimilarities(embeddings: Embeddings, logitScale: number): string {
  const { width, images, texts } = embeddings;
  const [imageRows, textRows] = [embeddings.imageRows, embeddings.textRows].map((all) =>
    Array.from(
      { length: all.length / width },
      (_, i) => unit(all.subarray(i * width, (i + 1) * width)),
    )
  ) as [Float64Array[], Float64Array[]];
  const [imageNames, textNames] = [
    images.map((path) => short(path, true)),
    texts.map((text) => short(text, false)),
  ];
  const [rowNames, rows] = images.length > 0 ? [imageNames, imageRows] : [textNames, textRows];
  const [columnNames, columns] = texts.length > 0 ? [textNames, textRows] : [imageNames, imageRows];
  const weighs = images.length > 0 && texts.length > 1;

  const cells = rows.map((row) => {
    const cosines = columns.map((column) => dot(row, column));
    const shares = weighs ? softmax(cosines.map((cosine) => logitScale * cosine)) : [];
    return cosines.map((cosine, c) =>
      cosine.toFixed(4) + (weighs ? ` ${(100 * (shares[c] ?? 0)).toFixed(1).padStart(5)} %` : "")
    );
  });
  const left = columnNames.length - mostColumns;
  const table = [
    ["", ...columnNames],
    ...cells.map((row, r) => [rowNames[r] ?? "", ...row]),
  ];
  const widths = columnNames.map((_, c) =>
    Math.max(...table.map((row) => row[c + 1]?.length ?? 0))
  );
  const first = Math.max(...table.map(([name = ""]) => name.length));
  const lines = table.map(([name = "", ...row]) =>
    name.padEnd(first) +
    row.slice(0, mostColumns).map((cell, c) => `  ${cell.padStart(widths[c] ?? 0)}`).join("")
  );
  return [...lines, ...left > 0 ? [`and ${left} columns more: write them with --out`] : []].join(
    "\n",
  );
}

/** Shortens a name to one line: keeps the end of a path and the beginning of a text. */
function short(name: string, isPath: boolean): string {
  // Control characters are not printed.
  const line = name.replace(/[\s\p{C}]+/gu, " ");
  if (line.length <= widest) return line;
  return isPath ? `…${line.slice(1 - widest)}` : `${line.slice(0, widest - 1)}…`;
}
