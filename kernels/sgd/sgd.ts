import type { Recorder, Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeShapes, requireShapes, type Tensors } from "../shapes.ts";
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

export const op = perElement<Tensors<"p" | "g" | "v" | "rate">, SgdAttrs>({
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
 * One step of SGD: parameters `p` of any shape, their gradient `g`, the velocity `v`, which begins at zero,
 * and the learning rate, `[1]`.
 */
export function sgd(
  recorder: Recorder,
  inputs: Tensors<"p" | "g" | "v" | "rate">,
  attrs: SgdAttrs,
): Tensors<"p" | "v"> {
  const [p, v] = recorder.apply(op, inputs, attrs);
  return { p, v: v as Tensor };
}
