import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./prelu.wgsl" with { type: "text" };

/** Operands of PReLU. */
export interface PreluInputs {
  /** `[..., C]` */
  readonly x: Tensor;
  /** `[C]` */
  readonly slope: Tensor;
}

export const shader: Shader = {
  name: "prelu.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

export const op: Op<PreluInputs, Record<string, never>> = {
  name: "prelu",

  infer({ x, slope }) {
    if (slope.shape.length !== 1 || !sameShape(slope.shape, x.shape.slice(-1))) {
      throw new TypeError(
        `Cannot record prelu: slope must have one number for each channel: ` +
          `got x ${formatShape(x.shape)} and slope ${formatShape(slope.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: ({ x }) => `x=${x.shape.join("x")}`,

  lower({ inputs: { x, slope }, outputs: [y], adapter, dispatch }) {
    const channels = elements(slope.shape), width = channels % 4 === 0 ? 4 : 1;
    const count = elements(x.shape) / width;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      flags: { ELEMENT: width === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, channels: channels / width },
      bindings: { x, slope, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost: ({ x, slope }) => ({
    flops: elements(x.shape),
    bytes: 4 * (2 * elements(x.shape) + elements(slope.shape)),
  }),
};

/** PReLU: below 0, a line of its own slope for each channel. */
export function prelu(recorder: Recorder, x: Tensor, slope: Tensor): Tensor {
  return recorder.apply(op, { x, slope }, {})[0];
}
