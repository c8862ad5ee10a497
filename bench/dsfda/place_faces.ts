import type { Faces } from "../../tta/dsfda/faces.ts";
import { closeView, cutClose, levelsOf } from "../../tta/dsfda/view.ts";

/** What is around a face that is shown by itself. */
const grey = 127;

/**
 * Close faces back in their place in the picture, on grey and in the colours that they had before these were
 * levelled: those of `pictures`, one for each face. Nothing else of these is in the result.
 */
export function placeFaces(faces: Faces, pictures: Faces): Faces {
  const { side, labels, people } = faces, wide = pictures.side;
  const { left, top } = closeView(side), size = side * side * 3, whole = wide * wide * 3;
  const pixels = new Uint8Array(labels.length * whole).fill(grey);
  for (const n of labels.keys()) {
    const own = pictures.pixels.slice(n * whole, (n + 1) * whole);
    const { means, gain, mean } = levelsOf(cutClose(own, side));
    for (let at = 0; at < size; at++) {
      const pixel = Math.floor(at / 3), row = Math.floor(pixel / side), column = pixel % side;
      const level = faces.pixels[n * size + at] as number;
      const x = (level - mean) / gain + (means[at % 3] as number);
      const to = ((n * wide + top + row) * wide + left + column) * 3 + at % 3;
      pixels[to] = Math.round(Math.min(255, Math.max(0, x)));
    }
  }
  return { side: wide, pixels, labels, people };
}
