import type { Recorder, Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./sigmoid.wgsl" with { type: "text" };
import gradientSource from "./sigmoid_gradient.wgsl" with { type: "text" };

export const gradientOp = elementwise<Tensors<"s" | "dy">>({
  name: "sigmoid_gradient",
  source: gradientSource,
  inputs: ["s", "dy"],
  flops: 3,
});

export const op = elementwise<Tensors<"x">>({
  name: "sigmoid",
  source,
  inputs: ["x"],
  // An exponential counts as one operation.
  flops: 4,
  gradient: (r, { y, dy }) => ({ x: r.apply(gradientOp, { s: y, dy }, {})[0] }),
});

/** The logistic function, `1 / (1 + exp(-x))`, of each number. */
export function sigmoid(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
