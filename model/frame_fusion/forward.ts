import type { Recorder, Tensor } from "../../engine/mod.ts";
import { can } from "../can/can.ts";
import type { Observe } from "../clip/residual_block.ts";
import { lfan } from "../lfan/lfan.ts";
import type { Mode } from "../tcn/mode.ts";
import type { NamedWeights } from "../tcn/weights.ts";
import type { FrameSizes } from "./sizes.ts";

/** Records what the frames of each modality are filled into: `x.NAME`, `[B, T, D]`. */
export function frameInputs(
  r: Recorder,
  { modalities }: FrameSizes,
  batch: number,
  steps: number,
): Map<string, Tensor> {
  return new Map(
    modalities.map(({ name, width }) => [name, r.input(`x.${name}`, [batch, steps, width])]),
  );
}

/** Logits of every frame, `[B, T, classes]`, by LFAN or CAN. */
export function decideFrames(
  r: Recorder,
  { form, heads }: FrameSizes,
  w: NamedWeights,
  x: ReadonlyMap<string, Tensor>,
  mode: Mode,
  observe?: Observe,
): Tensor {
  return form === "lfan" ? lfan(r, w, x, heads, mode, observe) : can(r, w, x, mode, observe);
}
