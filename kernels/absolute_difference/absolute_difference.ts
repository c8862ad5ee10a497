import type { Recorder, Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./absolute_difference.wgsl" with { type: "text" };
import gradientSource from "./absolute_difference_gradient.wgsl" with { type: "text" };

export const gradientOp = elementwise<Tensors<"a" | "b" | "dy">>({
  name: "absolute_difference_gradient",
  source: gradientSource,
  inputs: ["a", "b", "dy"],
  flops: 3,
});

export const op = elementwise<Tensors<"a" | "b">>({
  name: "absolute_difference",
  source,
  inputs: ["a", "b"],
  flops: 2,
  gradient: (r, { inputs: { a, b }, dy, wants }) => ({
    a: wants("a") ? r.apply(gradientOp, { a, b, dy }, {})[0] : undefined,
    b: wants("b") ? r.apply(gradientOp, { a: b, b: a, dy }, {})[0] : undefined,
  }),
});

/** The distance of each pair of numbers, `|a - b|`, of two tensors of one shape. */
export function absoluteDifference(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return recorder.apply(op, { a, b }, {})[0];
}
