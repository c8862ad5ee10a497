import { record, type Tensor } from "../engine/mod.ts";
import { embedClips } from "../model/clip_au/head.ts";
import {
  freshTuning,
  repeatDraw,
  type TunedPrediction,
  type TuningRun,
  type TuningState,
} from "../tta/clip_autt/tuning.ts";
import { tuningModes, type TuningSettings } from "../tta/clip_autt/tuning_settings.ts";
import type { ClipWindows } from "../tta/clip_autt/window_embedder.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";
import { GoldenTuning, oneStep, runRows, stepRows } from "./golden_tuning.ts";
import { timeLast } from "./head_rows.ts";

/** Prompt tuning on the small set: `features` `[B, T, d]`. */
export async function computeTuningRows(
  model: GoldenModel,
  features: Float32Array<ArrayBuffer>,
  clips: number,
): Promise<Computed> {
  const rows: Computed = new Map();
  if (!model.has("autt.ids") || !model.has("ctx_init")) return rows;
  using tuning = await GoldenTuning.load(model);
  const [, count = 1] = model.shapeOf("autt.window_entropy");
  const frames = features.length / clips / model.config.embedding, window = frames - count + 1;
  const context = await model.row("ctx_init"), [, contextTokens = 4] = model.shapeOf("ctx_init");
  const official = { ...tuningModes.official, window, contextTokens };
  const windows = await tuning.windows(features, clips, window), fresh = freshTuning(context);
  const units = tuning.units, one = context.subarray(0, context.length / units);
  rows.set("ctx_init", repeatDraw(one, units));

  using tuner = await tuning.tuner(official);
  rows.set("autt.prompt_emb_au0", await promptRows(model, tuning.start, context, contextTokens));
  const first = await oneStep(tuning, tuner, fresh, windows);
  stepRows(rows, "autt", first, count);
  rows.set("autt.temporal_out", await convolvedWindows(tuning, features, clips, window, first));

  const [steps = 0] = model.shapeOf("autt_rebuild10.loss");
  const named = (prefix: string) => ({
    logits: `${prefix}.logits`,
    loss: `${prefix}.loss`,
    went: `${prefix}.went`,
    start: `${prefix}.start`,
    ctx: `${prefix}.ctx`,
  });
  runRows(rows, await tuner.tune(fresh, windows, { steps }), named("autt_rebuild10"));
  using keeping = await tuning.tuner({ ...official, keepMoments: true });
  const [kept = 0] = model.shapeOf("autt_keep10.loss");
  runRows(rows, await keeping.tune(fresh, windows, { steps: kept }), named("autt_keep10"));

  stepRows(rows, "autt_b1", await oneStep(tuning, tuner, fresh, windows.slice(0, 1)), count);
  for (const name of model.golden.tensors.keys()) {
    const length = Number(/^autt_short(\d+)\.loss$/.exec(name)?.[1]);
    if (!length) continue;
    const some = features.subarray(0, length * model.config.embedding);
    const short = await tuning.windows(some, 1, window);
    stepRows(rows, `autt_short${length}`, await oneStep(tuning, tuner, fresh, short), 1);
  }
  await computeFusedRows(rows, tuning, official, fresh, windows);
  await computeLongerRows(rows, tuning, official, windows);
  await computeFixedRows(
    rows,
    tuning,
    { ...tuningModes.paper, window, contextTokens },
    fresh,
    windows,
  );
  return rows;
}

/** The same with class texts in the decision. */
async function computeFusedRows(
  rows: Computed,
  tuning: GoldenTuning,
  settings: TuningSettings,
  fresh: TuningState,
  windows: readonly ClipWindows[],
): Promise<void> {
  const { model } = tuning;
  if (!model.has("autt_cls.equivalent_ids")) return;
  const texts = await model.prompts.encode(await model.ids("autt_cls.equivalent_ids"));
  rows.set("autt_cls.cls_feat_raw", texts);
  using tuner = await tuning.tuner(settings, texts);
  stepRows(rows, "autt_cls", await oneStep(tuning, tuner, fresh, windows), 1);
}

/** The same with more tuned vectors. */
async function computeLongerRows(
  rows: Computed,
  tuning: GoldenTuning,
  settings: TuningSettings,
  windows: readonly ClipWindows[],
): Promise<void> {
  const { model } = tuning, [contextTokens] = model.shapeOf("autt_n8.ctx_init");
  if (contextTokens === undefined) return;
  const draw = await model.row("autt_n8.ctx_init");
  using tuner = await tuning.tuner({ ...settings, contextTokens });
  const fresh = freshTuning(repeatDraw(draw, tuning.units));
  stepRows(rows, "autt_n8", await oneStep(tuning, tuner, fresh, windows), 1);
}

/** As in the paper: each clip on its own. */
async function computeFixedRows(
  rows: Computed,
  tuning: GoldenTuning,
  settings: TuningSettings,
  fresh: TuningState,
  windows: readonly ClipWindows[],
): Promise<void> {
  const { model } = tuning, [, steps] = model.shapeOf("fixed.loss");
  if (steps === undefined) return;
  using tuner = await tuning.tuner(settings);
  const first = await oneStep(tuning, tuner, fresh, windows.slice(0, 1));
  rows.set("fixed.au_feat_raw", first.texts as Float32Array);
  const all: { readonly run: TuningRun; readonly predictions: readonly TunedPrediction[] }[] = [];
  for (const clip of windows) {
    const run = await tuner.tune(fresh, [clip], { steps });
    const after = await tuner.predict(run.tuning, [clip]);
    all.push({ run, predictions: [...run.steps.flatMap((step) => step.predictions), ...after] });
  }
  const flat = (part: (item: typeof all[number]) => Iterable<number>) =>
    all.flatMap((item) => [...part(item)]);
  rows.set("fixed.logits_before", flat(({ predictions }) => predictions.at(0)?.logits ?? []));
  rows.set("fixed.logits_after", flat(({ predictions }) => predictions.at(-1)?.logits ?? []));
  rows.set("fixed.loss", flat(({ run }) => run.steps.map(({ loss }) => loss)));
  rows.set(
    "fixed.window_entropy",
    flat(({ predictions }) => predictions.flatMap(({ windowEntropy }) => [...windowEntropy])),
  );
  rows.set("fixed.window_start", flat(({ predictions }) => predictions.map(({ start }) => start)));
  rows.set("fixed.ctx_after_clip0", all[0]?.run.tuning.context ?? []);
}

/** The original's text tower input for the first unit, before positions are added. */
async function promptRows(
  { text, config: { text: { width, context: length } } }: GoldenModel,
  start: number,
  context: Float32Array,
  contextTokens: number,
): Promise<Float32Array> {
  const rows = new Float32Array(length * width);
  rows.set(context.subarray(0, contextTokens * width), width);
  rows.set(await text.tokens.token(start), 0);
  rows.set(await text.tokens.token(0), (contextTokens + 1) * width);
  return rows;
}

/** The convolution of the windows that were chosen, `[B, d, K]`. */
async function convolvedWindows(
  { model: { device, config: { embedding: d } }, head }: GoldenTuning,
  features: Float32Array,
  clips: number,
  window: number,
  { chosen }: Record<string, Float32Array>,
): Promise<Float32Array> {
  const frames = features.length / clips / d, length = Math.min(window, frames);
  const count = frames - length + 1, x = new Float32Array(clips * length * d);
  for (let b = 0; b < clips; b++) {
    const start = b * frames + (chosen?.[b] ?? 0) % count;
    x.set(features.subarray(start * d, (start + length) * d), b * length * d);
  }
  using plan = await record(device, (r) => {
    const seen: Tensor[] = [];
    embedClips(r, head, r.constant("x", [clips, length, d], "f32", x), (y) => seen.push(y));
    return seen;
  });
  plan.run();
  const [convolved = new Float32Array(0)] = await device.read(plan.outputs);
  return timeLast(convolved, clips, length);
}
