import type { Box, FrameCheck } from "../messages.ts";
import type { Pixels } from "./read_pixels.ts";

/** Brightness and sharpness of a part of a picture, for the recording test. */
export function measureFace(
  { width, height, data }: Pixels,
  face: Box,
): Pick<FrameCheck, "light" | "sides" | "sharpness"> {
  const left = clamp(face.left, width), right = clamp(face.left + face.width, width);
  const top = clamp(face.top, height), bottom = clamp(face.top + face.height, height);
  const grey = (x: number, y: number) => {
    const at = 3 * (y * width + x);
    return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  };
  const middle = (left + right) >> 1;
  let first = 0, second = 0, edges = 0, inner = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const here = grey(x, y);
      if (x < middle) first += here;
      else second += here;
      if (x > left && x + 1 < right && y > top && y + 1 < bottom) {
        edges += Math.abs(
          4 * here - grey(x - 1, y) - grey(x + 1, y) - grey(x, y - 1) - grey(x, y + 1),
        );
        inner++;
      }
    }
  }
  const rows = Math.max(1, bottom - top), pixels = Math.max(1, rows * (right - left));
  const light = (first + second) / pixels;
  return {
    light,
    sides: [
      first / Math.max(1, rows * (middle - left)),
      second / Math.max(1, rows * (right - middle)),
    ],
    sharpness: edges / Math.max(1, inner) / Math.max(1, light),
  };
}

function clamp(place: number, end: number): number {
  return Math.max(0, Math.min(end, Math.round(place)));
}
