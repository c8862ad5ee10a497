import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./prelu.wgsl" with { type: "text" };

export const op = elementwise<Tensors<"x" | "slope">>({
  name: "prelu",
  source,
  inputs: ["x", "slope"],
  repeats: ["slope"],
  flops: 1,
  check({ x, slope }) {
    if (slope.shape.length !== 1 || slope.shape[0] !== x.shape.at(-1)) {
      throw new TypeError(
        `Cannot record prelu: slope must have one number for each channel: ` +
          `got x ${formatShape(x.shape)} and slope ${formatShape(slope.shape)}`,
      );
    }
  },
});

/** PReLU of `[..., C]`: below 0, a line with a slope of its own for each channel, `[C]`. */
export function prelu(recorder: Recorder, x: Tensor, slope: Tensor): Tensor {
  return recorder.apply(op, { x, slope }, {})[0];
}
