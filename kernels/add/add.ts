import { type Recorder, sameShape, type Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import { describeShapes, type Tensors } from "../shapes.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./add.wgsl" with { type: "text" };

export const op = elementwise<Tensors<"a" | "b">>({
  name: "add",
  source,
  inputs: ["a", "b"],
  repeats: ["b"],
  flops: 1,
  describe: ({ a, b }) => describeShapes({ a, b }),
  gradient: (r, { inputs: { a, b }, dy, wants }) => ({
    a: dy,
    b: wants("b") && !sameShape(a.shape, b.shape) ? sumRows(r, dy, b.shape) : dy,
  }),
});

/** Sum of two tensors; `b` may have only the last axes of `a`. */
export function add(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return recorder.apply(op, { a, b }, {})[0];
}
