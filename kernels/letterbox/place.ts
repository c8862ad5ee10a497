/** Settings of a letterbox. */
export interface LetterboxAttrs {
  /** Pixels along a side of the square. */
  readonly size: number;
}

/** Where a picture lies on the square: in the middle, the larger half of what is left below and right. */
export function placeOf(
  height: number,
  width: number,
  size: number,
): { readonly top: number; readonly left: number } {
  return { top: (size - height) >> 1, left: (size - width) >> 1 };
}
