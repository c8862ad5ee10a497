import { elements, type Shape, sizeAt } from "../engine/mod.ts";

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
