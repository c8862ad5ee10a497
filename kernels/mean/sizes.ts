import { elements, type Shape, sizeAt } from "../../engine/mod.ts";

/** A shape cut at one axis: what is outside, along and inside it, and what is left. */
export function meanSizes(shape: Shape, axis: number) {
  const count = sizeAt(shape, axis);
  const at = axis < 0 ? axis + shape.length : axis;
  const before = shape.slice(0, at), after = shape.slice(at + 1);
  return { outer: elements(before), count, inner: elements(after), shape: [...before, ...after] };
}
