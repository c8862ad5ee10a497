import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { relu } from "../activation/activation.ts";
import { add } from "../add/add.ts";
import { elementwise } from "../elementwise.ts";
import { multiply } from "../multiply/multiply.ts";
import { scale } from "../scale/scale.ts";
import type { Tensors } from "../shapes.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./prelu.wgsl" with { type: "text" };
import gradientSource from "./prelu_gradient.wgsl" with { type: "text" };

function checkSlope(name: string, { x, slope }: Tensors<"x" | "slope">): void {
  if (slope.shape.length !== 1 || slope.shape[0] !== x.shape.at(-1)) {
    throw new TypeError(
      `Cannot record ${name}: slope must have one number for each channel: ` +
        `got x ${formatShape(x.shape)} and slope ${formatShape(slope.shape)}`,
    );
  }
}

export const gradientOp = elementwise<Tensors<"x" | "slope" | "dy">>({
  name: "prelu_gradient",
  source: gradientSource,
  inputs: ["x", "slope", "dy"],
  repeats: ["slope"],
  flops: 1,
  check: (inputs) => checkSlope("prelu_gradient", inputs),
});

export const op = elementwise<Tensors<"x" | "slope">>({
  name: "prelu",
  source,
  inputs: ["x", "slope"],
  repeats: ["slope"],
  flops: 1,
  check: (inputs) => checkSlope("prelu", inputs),
  gradient(r, { inputs: { x, slope }, dy, wants }) {
    // What the slope multiplies: x where it is below 0, and 0 elsewhere.
    const below = () => add(r, x, scale(r, relu(r, x), -1));
    return {
      x: wants("x") ? r.apply(gradientOp, { x, slope, dy }, {})[0] : undefined,
      slope: wants("slope") ? sumRows(r, multiply(r, dy, below()), slope.shape) : undefined,
    };
  },
});

/** PReLU of `[..., C]`: below 0, a line with a slope of its own for each channel, `[C]`. */
export function prelu(recorder: Recorder, x: Tensor, slope: Tensor): Tensor {
  return recorder.apply(op, { x, slope }, {})[0];
}

/** LeakyReLU of `[..., C]`: below 0, a line with one slope for all. */
export function leakyRelu(recorder: Recorder, x: Tensor, slope: number): Tensor {
  const channels = sizeAt(x.shape, -1), slopes = new Float32Array(channels).fill(slope);
  return prelu(recorder, x, recorder.constant("slope", [channels], "f32", slopes));
}
