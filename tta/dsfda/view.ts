/** How networks see the picture of a face: whole as it is, or close. */
export type View = "whole" | "close";

/** Every view there is. */
export const views: readonly View[] = ["whole", "close"];

/** Rows and columns of the faces' pictures that networks of so many want to be shown. */
export function wantedSide(side: number, view: View = "whole"): number {
  return view === "whole" ? side : closeView(side).wide;
}

/** The pictures that a close view of so many rows and columns is of, and where it begins in them. */
export function closeView(side: number) {
  return { wide: 3 / 2 * side, left: side / 4, top: 3 / 8 * side };
}

/**
 * Pictures `[N, W, W, 3]`, W being `wantedSide()`, as networks of S rows and columns see them. A close view
 * is from brows to chin, where expressions are. Colours are levelled in it: in each picture each of them has
 * the same mean, and all together the same spread. Instance norm hides both from encoders: a decoder can only guess them, and a small one
 * would spend its capacity on that.
 */
export function seeFaces(
  pixels: Uint8Array<ArrayBuffer>,
  side: number,
  view: View = "whole",
): Uint8Array<ArrayBuffer> {
  if (view === "whole") return pixels;
  const faces = cutClose(pixels, side), size = side * side * 3;
  for (let at = 0; at < faces.length; at += size) levelColours(faces.subarray(at, at + size));
  return faces;
}

/** A close view in the colours that pictures have. */
export function cutClose(
  pixels: Uint8Array<ArrayBuffer>,
  side: number,
): Uint8Array<ArrayBuffer> {
  const { wide, left, top } = closeView(side), count = pixels.length / (wide * wide * 3);
  const cut = new Uint8Array(count * side * side * 3);
  for (let row = 0; row < count * side; row++) {
    const n = Math.floor(row / side), from = ((n * wide + top + row % side) * wide + left) * 3;
    cut.set(pixels.subarray(from, from + 3 * side), 3 * row * side);
  }
  return cut;
}

/** The mean and the spread of levelled colours, and what keeps even faces from being all noise. */
const levelled = { mean: 127.5, spread: 0.18 * 255, least: 1 };

/** The means of a face's three colours, and what their differences from these are multiplied by. */
export function levelsOf(face: Uint8Array) {
  const sums = [0, 0, 0];
  for (const [at, x] of face.entries()) sums[at % 3] = (sums[at % 3] as number) + x;
  const means = sums.map((sum) => 3 * sum / face.length);
  let squares = 0;
  for (const [at, x] of face.entries()) squares += (x - (means[at % 3] as number)) ** 2;
  const spread = Math.sqrt(squares / face.length);
  return { means, gain: levelled.spread / (spread + levelled.least), mean: levelled.mean };
}

function levelColours(face: Uint8Array): void {
  const { means, gain, mean } = levelsOf(face);
  for (const [at, x] of face.entries()) {
    const level = mean + gain * (x - (means[at % 3] as number));
    face[at] = Math.round(Math.min(255, Math.max(0, level)));
  }
}
