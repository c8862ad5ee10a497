import { type Recorder, sameShape, type Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import { describeShapes, type Tensors } from "../shapes.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./multiply.wgsl" with { type: "text" };

export const op = elementwise<Tensors<"a" | "b">>({
  name: "multiply",
  source,
  inputs: ["a", "b"],
  repeats: ["b"],
  flops: 1,
  describe: ({ a, b }) => describeShapes({ a, b }),
  gradient(r, { inputs: { a, b }, dy, wants }) {
    const byB = wants("b") ? multiply(r, dy, a) : undefined;
    return {
      a: wants("a") ? multiply(r, dy, b) : undefined,
      b: byB && !sameShape(a.shape, b.shape) ? sumRows(r, byB, b.shape) : byB,
    };
  },
});

/** Product of two tensors, number by number; `b` may have only the last axes of `a`. */
export function multiply(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return recorder.apply(op, { a, b }, {})[0];
}
