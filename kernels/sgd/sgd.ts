import type { Recorder, Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeShapes, requireShapes } from "../shapes.ts";
import source from "./sgd.wgsl" with { type: "text" };

/** Settings of SGD. */
export interface SgdAttrs {
  /** How much of the velocity is kept. */
  readonly momentum: number;
  /** Whether a step looks ahead along the new velocity. */
  readonly nesterov: boolean;
  /** Times the parameters, added to their gradient. */
  readonly decay: number;
}

/** Operands of SGD. */
export interface SgdInputs {
  /** The parameters, of any shape. */
  readonly p: Tensor;
  /** Their gradient. */
  readonly g: Tensor;
  /** The velocity, which begins at zero. */
  readonly v: Tensor;
  /** `[1]`: the learning rate. */
  readonly rate: Tensor;
}

export const op = perElement<SgdInputs, SgdAttrs>({
  name: "sgd",
  source,
  reads: { p: "E", g: "E", v: "E", rate: "f32" },
  writes: { new_p: "E", new_v: "E" },
  vec4: true,
  flops: 8,
  // As with AdamW, what comes after an update is not differentiated by what came before.
  stopsGradients: true,
  infer({ p, g, v, rate }) {
    const { shape } = p, spec = { shape, dtype: "f32" } as const;
    requireShapes("sgd", { g: [g, shape], v: [v, shape], rate: [rate, [1]] });
    return [spec, spec];
  },
  describe: ({ p }) => describeShapes({ p }),
  params: (_, { momentum, nesterov, decay }) => ({ momentum, decay, nesterov: Number(nesterov) }),
});

/**
 * One step of SGD: the parameters and the velocity after it.
 */
export function sgd(
  recorder: Recorder,
  inputs: SgdInputs,
  attrs: SgdAttrs,
): { readonly p: Tensor; readonly v: Tensor } {
  const [p, v] = recorder.apply(op, inputs, attrs);
  return { p, v: v as Tensor };
}
