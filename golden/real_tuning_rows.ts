import { freshTuning, repeatDraw } from "../tta/clip_autt/tuning.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";
import { GoldenTuning, oneStep, runRows, stepRows } from "./golden_tuning.ts";

/** Prompt tuning on the full-size set: a clip of its own frames, and clips of made-up features. */
export async function computeRealTuningRows(
  model: GoldenModel,
  draw: Float32Array,
  frames: Float32Array<ArrayBuffer>,
  features: Float32Array<ArrayBuffer>,
): Promise<Computed> {
  const rows: Computed = new Map();
  if (!model.has("autt.ids")) return rows;
  using tuning = await GoldenTuning.load(model);
  const d = model.config.embedding;
  const fresh = freshTuning(repeatDraw(draw, tuning.units));
  const official = {
    ...tuningModes.official,
    contextTokens: draw.length / model.config.text.width,
  };
  for (const [prefix, numbers] of [["e2e", frames], ["feat20", features]] as const) {
    const [clips = 1, count = 1] = model.shapeOf(`${prefix}.window_entropy`);
    const window = numbers.length / clips / d - count + 1;
    const windows = await tuning.windows(numbers, clips, window);
    using tuner = await tuning.tuner({ ...official, window });
    const step = await oneStep(tuning, tuner, fresh, windows);
    stepRows(rows, prefix, step, count);
    const [steps] = model.shapeOf(`${prefix}.loss_by_step`);
    if (steps === undefined) continue;
    gradientNorms(rows, prefix, step.gradient as Float32Array, tuner.contextShape);
    const run = await tuner.tune(fresh, windows, { steps });
    runRows(rows, run, {
      logits: `${prefix}.logits_by_step`,
      loss: `${prefix}.loss_by_step`,
      went: `${prefix}.went_by_step`,
      start: `${prefix}.starts_by_step`,
      ctx: `${prefix}.ctx_last`,
    });
    const one = draw.length;
    rows.set(`${prefix}.ctx_step1_au0`, (step.context as Float32Array).subarray(0, one));
    rows.set(`${prefix}.ctx_last_au0`, run.tuning.context.subarray(0, one));
  }
  return rows;
}

function gradientNorms(
  rows: Computed,
  prefix: string,
  gradient: Float32Array,
  [units, tokens, width]: readonly [number, number, number],
): void {
  const norms = (count: number, size: number) =>
    Array.from(
      { length: count },
      (_, i) => Math.hypot(...gradient.subarray(i * size, (i + 1) * size)),
    );
  rows.set(`${prefix}.grad_ctx_norm`, [Math.hypot(...norms(units, tokens * width))]);
  rows.set(`${prefix}.grad_ctx_norm_per_au`, norms(units, tokens * width));
  rows.set(`${prefix}.grad_ctx_norm_per_slot`, norms(units * tokens, width));
}
