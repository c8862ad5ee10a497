import { type Dsfda, sizesOf } from "./dsfda.ts";

/** How networks see the picture of a face: whole as it is, or close. */
export const views = ["whole", "close"] as const;
export type View = typeof views[number];

/** Of the networks' pictures, what a close view leaves out left and right in all, and above. */
const besides = 1 / 2, above = 3 / 8;

/** Rows and columns of the faces' pictures that networks want to be shown. */
export function shownSide({ parameters, view }: Pick<Dsfda, "parameters" | "view">): number {
  return wantedSide(sizesOf(parameters).side, view);
}

/** The same, of networks that take pictures of so many rows and columns. */
export function wantedSide(side: number, view: View = "whole"): number {
  return view === "whole" ? side : side * (1 + besides);
}

/**
 * Pictures `[N, W, W, 3]`, W being `wantedSide()`, as networks of S rows and columns see them. A close view
 * is from brows to chin, where expressions are. Colours are levelled in it: in each picture each of them has
 * the same mean, and all together the same spread. Instance norm hides both from encoders, so that a decoder
 * could only guess them, and small ones spend all that they have on guessing.
 */
export function seeFaces(
  pixels: Uint8Array<ArrayBuffer>,
  side: number,
  view: View = "whole",
): Uint8Array<ArrayBuffer> {
  if (view === "whole") return pixels;
  const wide = wantedSide(side, view), left = side * besides / 2, top = side * above;
  const count = pixels.length / (wide * wide * 3), size = side * side * 3;
  const seen = new Uint8Array(count * size);
  for (let n = 0; n < count; n++) {
    const face = seen.subarray(n * size, (n + 1) * size);
    for (let row = 0; row < side; row++) {
      const from = ((n * wide + top + row) * wide + left) * 3;
      face.set(pixels.subarray(from, from + 3 * side), 3 * row * side);
    }
    levelColours(face);
  }
  return seen;
}

/** The mean and the spread of levelled colours, and what keeps even pictures from being all noise. */
const levelled = { mean: 127.5, spread: 0.18 * 255, least: 1 };

function levelColours(face: Uint8Array): void {
  const sums = [0, 0, 0], pixels = face.length / 3;
  for (const [at, x] of face.entries()) sums[at % 3] = (sums[at % 3] as number) + x;
  const means = sums.map((sum) => sum / pixels);
  const off = (at: number) => (face[at] as number) - (means[at % 3] as number);
  let squares = 0;
  for (const at of face.keys()) squares += off(at) ** 2;
  const gain = levelled.spread / (Math.sqrt(squares / face.length) + levelled.least);
  for (const at of face.keys()) {
    face[at] = Math.round(Math.min(255, Math.max(0, levelled.mean + gain * off(at))));
  }
}
