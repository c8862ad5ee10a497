import type { Image } from "../image_preparer.ts";

/** Points along the longer side at which pictures are compared. */
const columns = 16, rows = 12;

/** A cut changes a picture's colours by this share of the full range, on average. */
const largeChange = 0.08;

/** And by so many times what it changed from frame to frame before. */
const timesUsual = 5;

/** Finds cuts: frames that show another scene than the one before. */
export class CutFinder {
  #before: Float32Array | undefined;
  #usual = 0;

  /** Whether a frame shows another scene than the frame that was given before. */
  isCut(picture: Image): boolean {
    const now = coloursOf(picture), before = this.#before;
    this.#before = now;
    if (!before) return false;
    const change = now.reduce((sum, x, i) => sum + Math.abs(x - (before[i] ?? NaN)), 0) /
      now.length;
    const cut = change > largeChange && change > timesUsual * this.#usual;
    if (!cut) this.#usual += 0.2 * (change - this.#usual);
    return cut;
  }
}

/** The colours at points of a grid, three numbers from 0 to 1 each, means of a few pixels. */
function coloursOf({ width, height, data }: Image): Float32Array {
  const channels = data.length / (width * height), found = new Float32Array(3 * columns * rows);
  const fine = 3;
  for (let i = 0; i < columns * rows; i++) {
    const sums = [0, 0, 0];
    for (let p = 0; p < fine * fine; p++) {
      const x = (i % columns + (p % fine + 0.5) / fine) / columns;
      const y = (Math.floor(i / columns) + (Math.floor(p / fine) + 0.5) / fine) / rows;
      const at = channels * (Math.floor(y * height) * width + Math.floor(x * width));
      for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (data[at + c] ?? 0);
    }
    found.set(sums.map((sum) => sum / (255 * fine * fine)), 3 * i);
  }
  return found;
}
