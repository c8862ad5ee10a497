/** Squares `[S, S, 4]` without their fourth bytes, `[N, S, S, 3]`. */
export function withoutAlpha(
  squares: readonly Uint8Array[],
  side: number,
): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(squares.length * side * side * 3);
  let to = 0;
  for (const square of squares) {
    if (square.length !== 4 * side * side) {
      throw new RangeError(
        `Cannot take a square of ${square.length} bytes as a face: wanted ${4 * side * side}`,
      );
    }
    for (let from = 0; from < square.length; from += 4) {
      pixels.set(square.subarray(from, from + 3), to);
      to += 3;
    }
  }
  return pixels;
}
