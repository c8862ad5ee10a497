import {
  elements,
  formatShape,
  type Recorder,
  sameShape,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import type { Tensors } from "../shapes.ts";
import source from "./sum_rows.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">, { readonly shape: Shape }>({
  name: "sum_rows",
  source,
  reads: { x: "f32" },
  flops: 1,
  infer({ x }, { shape }) {
    if (!sameShape(shape, x.shape.slice(x.shape.length - shape.length))) {
      throw new TypeError(
        `Cannot record sum_rows: what is left must be the last axes of ${formatShape(x.shape)}: ` +
          `got ${formatShape(shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },
  describe: ({ x }, { shape }) => `x=${x.shape.join("x")},y=${shape.join("x")}`,
  params: ({ x }, { shape }) => ({ rows: elements(x.shape) / elements(shape) }),
});

/** The sum over the first axes: the last ones, given, are left. */
export function sumRows(recorder: Recorder, x: Tensor, shape: Shape): Tensor {
  return recorder.apply(op, { x }, { shape })[0];
}
