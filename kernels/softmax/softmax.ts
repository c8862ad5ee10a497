import type { Recorder, Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import type { OneOperand } from "../shapes.ts";
import { softmaxGradient } from "../softmax_gradient/softmax_gradient.ts";
import source from "./softmax.wgsl" with { type: "text" };
import terms from "./terms.wgsl" with { type: "text" };

export const op = rowwise<OneOperand>({
  name: "softmax",
  source: notANumber + terms + source,
  reads: { x: "E" },
  flops: 5,
  gradient: (r, { y, dy }) => ({ x: softmaxGradient(r, y, dy) }),
});

/** Softmax over the last axis. */
export function softmax(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
