import { elements, type Recorder, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeShapes, requireShapes } from "../shapes.ts";
import source from "./adamw.wgsl" with { type: "text" };

/** Operands of a step: parameters, gradient, and the two moments, all of one shape. */
export interface AdamwInputs {
  /** The parameters. */
  readonly p: Tensor;
  /** Their gradient. */
  readonly g: Tensor;
  /** The first moment. */
  readonly m: Tensor;
  /** The second moment. */
  readonly v: Tensor;
  /** `[2]`: `adamwCorrection()` of the step. */
  readonly correction: Tensor;
}

/** Settings of AdamW; the usual ones are in `adamwDefaults`. */
export interface AdamwAttrs {
  /** Of learning. */
  readonly rate: number;
  /** How much of the moments is kept. */
  readonly betas: readonly [number, number];
  /** Added to what is divided by. */
  readonly eps: number;
  /** Taken off the parameters themselves, not off the gradient. */
  readonly decay: number;
}

/** PyTorch's settings but for the decay, which is CLIP-AU's. */
export const adamwDefaults: AdamwAttrs = {
  rate: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  decay: 1e-4,
};

/** What the moments are multiplied with at a step (the first is 1), since they began at zero. */
export function adamwCorrection(
  step: number,
  { betas }: Pick<AdamwAttrs, "betas"> = adamwDefaults,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(betas, (beta) => 1 / (1 - beta ** step));
}

/** Texels of each operand from which on copying them into textures is worth it. */
const texelsFrom = 1024;

export const op = perElement<AdamwInputs, AdamwAttrs>({
  name: "adamw",
  source,
  reads: { p: "E", g: "E", m: "E", v: "E", correction: "vec2f" },
  writes: { new_p: "E", new_m: "E", new_v: "E" },
  vec4: true,
  texels: ({ p }) => Math.ceil(elements(p.shape) / 4) >= texelsFrom,
  flops: 14,
  // Networks that learn against each other go on with updated parameters in the same recording.
  stopsGradients: true,
  infer({ p, g, m, v, correction }) {
    const { shape } = p, spec = { shape, dtype: "f32" } as const;
    requireShapes("adamw", { g: [g, shape], m: [m, shape], v: [v, shape] });
    requireShapes("adamw", { correction: [correction, [2]] });
    return [spec, spec, spec];
  },
  describe: ({ p }) => describeShapes({ p }),
  params: (_, { rate, betas: [b1, b2], eps, decay }) => ({
    rate,
    b1,
    rest1: 1 - b1,
    b2,
    rest2: 1 - b2,
    eps,
    keep: 1 - rate * decay,
  }),
});

/** What a step leaves: the parameters and the moments. */
export type AdamwStep = Pick<AdamwInputs, "p" | "m" | "v">;

/** One step of AdamW. */
export function adamw(
  recorder: Recorder,
  inputs: AdamwInputs,
  attrs: AdamwAttrs = adamwDefaults,
): AdamwStep {
  const [p, m, v] = recorder.apply(op, inputs, attrs);
  return { p, m: m as Tensor, v: v as Tensor };
}
