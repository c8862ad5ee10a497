import type { Image } from "../image_preparer.ts";
import type { FaceBox } from "./decode_faces.ts";

/** A square of whole pixels. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/**
 * Ratio of the square to the face's box: the box reaches from the brows to the chin, and the pictures that
 * heads are trained on show the hair as well.
 */
export const cropMargin = 1.5;

/** Squares are multiples of this size: scaling needs a separate plan for each size. */
const sizeStep = 16;

/**
 * The square around a face with its margin, not rotated. At the picture's edge it is moved inwards; it is
 * never larger than the picture.
 */
export function squareAround(
  face: FaceBox,
  { width, height }: { readonly width: number; readonly height: number },
): Square {
  const wanted =
    Math.max(1, Math.round(cropMargin * Math.max(face.width, face.height) / sizeStep)) *
    sizeStep;
  const size = Math.max(1, Math.min(wanted, width, height));
  const place = (start: number, length: number, whole: number) =>
    Math.max(0, Math.min(whole - size, Math.round(start + length / 2 - size / 2)));
  return {
    left: place(face.left, face.width, width),
    top: place(face.top, face.height, height),
    size,
  };
}

/** Cuts out the pixels of a square. */
export function cropSquare({ width, height, data }: Image, { left, top, size }: Square): Image {
  const channels = data.length / (width * height), row = channels * size;
  const cropped = new Uint8Array(size * row);
  for (let y = 0; y < size; y++) {
    const from = channels * ((top + y) * width + left);
    cropped.set(data.subarray(from, from + row), y * row);
  }
  return { width: size, height: size, data: cropped };
}
