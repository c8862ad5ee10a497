import type { Recorder, Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./scale.wgsl" with { type: "text" };

export const op = elementwise<Tensors<"x">, { readonly factor: number }>({
  name: "scale",
  source,
  inputs: ["x"],
  flops: 1,
  params: ({ factor }) => ({ factor }),
  describe: ({ x }, { factor }) => `x=${x.shape.join("x")},factor=${factor}`,
  check(_, { factor }) {
    if (!Number.isFinite(Math.fround(factor))) {
      throw new RangeError(`Cannot record scale: factor must be a float32 number: got ${factor}`);
    }
  },
  gradient: (r, { dy, attrs: { factor } }) => ({ x: scale(r, dy, factor) }),
});

/** A tensor times a number. */
export function scale(recorder: Recorder, x: Tensor, factor: number): Tensor {
  return recorder.apply(op, { x }, { factor })[0];
}
