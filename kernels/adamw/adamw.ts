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

export const shader: Shader = { name: "adamw.wgsl", source, flags: { TEXELS: [false, true] } };

export const op: Op<AdamwInputs, AdamwAttrs> = {
  name: "adamw",

  infer({ p, g, m, v, correction }) {
    for (const [name, { shape }] of Object.entries({ g, m, v })) {
      if (!sameShape(shape, p.shape)) {
        throw new TypeError(
          `Cannot record adamw: ${name} must be as p ${formatShape(p.shape)}: ` +
            `got ${formatShape(shape)}`,
        );
      }
    }
    if (!sameShape(correction.shape, [2])) {
      throw new TypeError(
        `Cannot record adamw: correction must be [2]: got ${formatShape(correction.shape)}`,
      );
    }
    const spec = { shape: p.shape, dtype: "f32" } as const;
    return [spec, spec, spec];
  },

  describe: ({ p }) => `p=${p.shape.join("x")}`,

  lower({ inputs, outputs: [newP, newM, newV], attrs, adapter, texels, dispatch }) {
    const { rate, betas: [b1, b2], eps, decay } = attrs, { p, g, m, v, correction } = inputs;
    const count4 = Math.ceil(elements(p.shape) / 4);
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const asTexels = readTexels && count4 >= texelsFrom;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    dispatch({
      shader,
      flags: { TEXELS: asTexels },
      constants: { INVOCATIONS: invocations },
      params: { count4, rate, b1, rest1: 1 - b1, b2, rest2: 1 - b2, eps, keep: 1 - rate * decay },
      bindings: {
        p: load(p),
        g: load(g),
        m: load(m),
        v: load(v),
        correction,
        new_p: newP,
        new_m: newM,
        new_v: newV,
      },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },

  cost: ({ p }) => ({ flops: 14 * elements(p.shape), bytes: 28 * elements(p.shape) }),
};

/** What a step leaves: the parameters and the moments. */
export interface AdamwStep {
  /** The parameters. */
  readonly p: Tensor;
  /** The first moment. */
  readonly m: Tensor;
  /** The second moment. */
  readonly v: Tensor;
}

/** One step of AdamW. */
export function adamw(
  recorder: Recorder,
  inputs: AdamwInputs,
  attrs: AdamwAttrs = adamwDefaults,
): AdamwStep {
  const [p, m, v] = recorder.apply(op, inputs, attrs);
  return { p, m: m as Tensor, v: v as Tensor };
}
