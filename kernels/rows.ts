import { type AdapterFacts, elements, type Shape, sizeAt } from "../engine/mod.ts";
import { choose } from "./choice.ts";
import { grid } from "./grid.ts";

/** A tensor seen as rows over its last axis. */
export function rowsOf(shape: Shape): { rows: number; width: number } {
  const width = sizeAt(shape, -1);
  return { rows: elements(shape) / width, width };
}

/** `rows=46,D=512`: the sizes of a row-wise kernel. */
export function describeRows({ x }: { readonly x: { readonly shape: Shape } }): string {
  const { rows, width } = rowsOf(x.shape);
  return `rows=${rows},D=${width}`;
}

/**
 * What an invocation may take by itself of layer normalisation and its gradient: as vec4 these columns
 * are four sums, of which none is long.
 */
export const mostInNorms = 256;

/**
 * How a dispatch shares out rows: the flag ALONE, and what follows from it. `most` is how many elements
 * an invocation may add up by itself: one by one, more would lose digits.
 */
export function shareRows(rows: number, columns: number, adapter: AdapterFacts, most = 32) {
  const { rowInvocations: invocations, rowsAlone } = choose(adapter);
  const alone = rowsAlone && rows >= invocations && columns <= most;
  return { alone, invocations, workgroups: grid(alone ? Math.ceil(rows / invocations) : rows) };
}
