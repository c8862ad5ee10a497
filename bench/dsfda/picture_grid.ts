import { writeAtomically } from "../../io/files/write_atomically.ts";
import { type Faces, joinFaces } from "../../tta/dsfda/faces.ts";

/** How much larger than they are faces are shown. */
const enlarged = 2;

/** Writes faces as a picture, so many in a row, with a line of white between them. */
export async function writeGrid(
  path: string,
  rows: readonly (readonly Faces[])[],
): Promise<void> {
  // Loaded here, where a permission that is missing is told in a sentence.
  const { default: sharp } = await import("sharp");
  const columns = Math.max(...rows.map((row) => row.length));
  const side = rows[0]?.[0]?.side ?? 0, step = side + 2;
  const width = columns * step + 2, height = rows.length * step + 2;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (const [down, row] of rows.entries()) {
    if (row.length === 0) continue;
    const all = joinFaces(row as [Faces, ...Faces[]]).pixels;
    for (const across of row.keys()) {
      for (let y = 0; y < side; y++) {
        const from = (across * side + y) * side * 3;
        const to = ((down * step + 2 + y) * width + across * step + 2) * 3;
        pixels.set(all.subarray(from, from + side * 3), to);
      }
    }
  }
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize({ width: enlarged * width, kernel: "nearest" }).png().toBuffer();
  await writeAtomically(path, new Uint8Array(png));
}
