import type { Rng } from "../../numbers/rng.ts";

/** Rows `[N, width]` of a matrix by their places. */
export function takeRows(
  matrix: Float64Array,
  width: number,
  places: readonly number[],
): Float64Array<ArrayBuffer> {
  const taken = new Float64Array(places.length * width);
  for (const [n, place] of places.entries()) {
    taken.set(matrix.subarray(place * width, (place + 1) * width), n * width);
  }
  return taken;
}

/** So many of the places from 0 on, in a drawn order; if there are fewer, they come again. */
export function drawPlaces(count: number, wanted: number, rng: Rng): number[] {
  const places: number[] = [];
  while (places.length < wanted) places.push(...inDrawnOrder(count, rng));
  return places.slice(0, wanted);
}

/** The numbers from 0 on in a drawn order. */
export function inDrawnOrder(count: number, rng: Rng): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.integer(0, i);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
