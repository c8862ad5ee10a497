// A slice and its gradient are each other's gradient, and so in one file.
import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import type { Tensors } from "../shapes.ts";
import source from "./slice.wgsl" with { type: "text" };

/** Which columns. */
export interface SliceAttrs {
  /** The first one. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/** Where a slice came from: its first column, and how many columns there are in all. */
interface Place {
  readonly first: number;
  readonly columns: number;
}

const fits = (first: number, count: number, columns: number) =>
  Number.isInteger(first) && Number.isInteger(count) && Number.isInteger(columns) &&
  first >= 0 && count >= 1 && first + count <= columns;

export const op = perElement<Tensors<"x">, SliceAttrs>({
  name: "slice",
  source,
  reads: { x: "E" },
  vec4: ({ x }, { first, count }) => [sizeAt(x.shape, -1), first, count].every((n) => n % 4 === 0),
  infer({ x }, { first, count }) {
    if (x.shape.length < 1 || !fits(first, count, sizeAt(x.shape, -1))) {
      throw new RangeError(
        `Cannot record slice: wanted columns that x has: got ${count} from ${first} and x ` +
          formatShape(x.shape),
      );
    }
    return [{ shape: [...x.shape.slice(0, -1), count], dtype: "f32" }];
  },
  describe: ({ x }, { first, count }) => `x=${x.shape.join("x")},first=${first},count=${count}`,
  params: ({ x }, { first, count }, per) => ({
    columns: sizeAt(x.shape, -1) / per,
    kept: count / per,
    first: first / per,
  }),
  gradient: (r, { inputs: { x }, dy, attrs: { first } }) => ({
    x: putBack(r, dy, { first, columns: sizeAt(x.shape, -1) }),
  }),
});

export const gradientOp = perElement<Tensors<"x">, Place>({
  name: "slice_gradient",
  source,
  reads: { x: "E" },
  vec4: ({ x }, { first, columns }) =>
    [sizeAt(x.shape, -1), first, columns].every((n) => n % 4 === 0),
  infer({ x }, { first, columns }) {
    if (x.shape.length < 1 || !fits(first, sizeAt(x.shape, -1), columns)) {
      throw new RangeError(
        `Cannot record slice_gradient: wanted room for x in ${columns} columns: got first ` +
          `${first} and x ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [...x.shape.slice(0, -1), columns], dtype: "f32" }];
  },
  describe: ({ x }, { first, columns }) => `x=${x.shape.join("x")},first=${first},C=${columns}`,
  params: ({ x }, { first, columns }, per) => ({
    columns: sizeAt(x.shape, -1) / per,
    kept: columns / per,
    first: -first / per,
  }),
  gradient: (r, { inputs: { x }, dy, attrs: { first } }) => ({
    x: slice(r, dy, { first, count: sizeAt(x.shape, -1) }),
  }),
});

/** A slice among zeros, in the place that it came from. */
export function putBack(recorder: Recorder, x: Tensor, place: Place): Tensor {
  return recorder.apply(gradientOp, { x }, place)[0];
}

/** Some columns of a tensor: `count` of its last axis, from `first` on. */
export function slice(recorder: Recorder, x: Tensor, attrs: SliceAttrs): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}
