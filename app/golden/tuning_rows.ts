import { record, type Tensor, Weights } from "../../engine/mod.ts";
import { embedClips } from "../../model/clip_au/head.ts";
import { readHeadParameters } from "../../model/clip_au/head_parameters.ts";
import { packHead } from "../../model/clip_au/head_weights.ts";
import {
  PromptTuner,
  type StepTensors,
  type TunedPrediction,
  type TuningRun,
} from "../../tta/prompt_tuner.ts";
import { freshTuning, repeatDraw, type Tuning } from "../../tta/tuning.ts";
import { tuningModes, type TuningSettings } from "../../tta/tuning_settings.ts";
import { type ClipWindows, WindowEmbedder } from "../../tta/window_embedder.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";
import { timeLast } from "./head_rows.ts";

/** A set's frozen model with what its clips are reduced to. */
export class GoldenTuning implements Disposable {
  readonly model: GoldenModel;
  readonly #parts: Omit<Parameters<typeof PromptTuner.open>[0], "classTexts">;
  readonly #embedder: WindowEmbedder;
  readonly #owned: DisposableStack;

  private constructor(
    model: GoldenModel,
    parts: Parameters<typeof PromptTuner.open>[0],
    owned: DisposableStack,
  ) {
    this.model = model;
    this.#parts = parts;
    this.#embedder = owned.use(
      new WindowEmbedder(model.device, parts.head, model.config.embedding),
    );
    this.#owned = owned;
  }

  /** @param parameters The head's, if they are not those of the set's file. */
  static async load(
    model: GoldenModel,
    parameters?: Awaited<ReturnType<typeof readHeadParameters>>,
  ): Promise<GoldenTuning> {
    const head = parameters ?? await readHeadParameters(model.file, "head.");
    using owned = new DisposableStack();
    const memory = owned.use(new Weights(model.device));
    const { device, config, text } = model, { sizes } = head;
    const sentences = await model.ids("autt.ids");
    const parts = { device, config, text, head: await packHead(memory, head), sizes, sentences };
    return new GoldenTuning(model, parts, owned.move());
  }

  /** How many Action Units there are. */
  get units(): number {
    return this.#parts.sentences.length;
  }

  /** The start token. */
  get start(): number {
    return this.#parts.sentences[0]?.[0] ?? NaN;
  }

  get head() {
    return this.#parts.head;
  }

  /** The windows of each of some clips `[B, T, d]`. */
  async windows(
    features: Float32Array,
    clips: number,
    window: number,
  ): Promise<ClipWindows[]> {
    const size = features.length / clips, all: ClipWindows[] = [];
    for (let b = 0; b < clips; b++) {
      all.push(await this.#embedder.embed(features.subarray(b * size, (b + 1) * size), window));
    }
    return all;
  }

  tuner(
    settings: TuningSettings,
    classTexts?: Float32Array<ArrayBuffer>,
  ): Promise<PromptTuner> {
    return PromptTuner.open({ ...this.#parts, classTexts }, settings);
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

/** One step with everything in it. */
async function oneStep(
  { model: { device } }: GoldenTuning,
  tuner: PromptTuner,
  { context, m, v }: Tuning,
  clips: readonly ClipWindows[],
): Promise<Record<keyof StepTensors, Float32Array<ArrayBuffer>>> {
  using plan = await record(device, (r) => tuner.recordStep(r, clips));
  const windows = Float32Array.from(clips.flatMap(({ embeddings }) => [...embeddings]));
  const inputs: Record<string, Float32Array<ArrayBuffer>> = {
    windows,
    context,
    m,
    v,
    correction: Float32Array.of(10, 1000),
  };
  for (const name of plan.inputs.keys()) plan.write(name, inputs[name] as Tuning["m"]);
  plan.run();
  const numbers = await device.read(Object.values(plan.outputs) as Tensor[]);
  return Object.fromEntries(
    Object.keys(plan.outputs).map((name, i) => [name, numbers[i]]),
  ) as Record<keyof StepTensors, Float32Array<ArrayBuffer>>;
}

/** The rows of one step under a prefix. */
function stepRows(
  rows: Computed,
  prefix: string,
  step: Record<keyof StepTensors, Float32Array>,
  windows: number,
): void {
  const named = {
    au_feat_raw: step.texts,
    adapter_raw: step.adapted,
    adapter_out: step.units,
    window_au_sim: step.windowSimilarities,
    window_logits: step.windowLogits,
    window_entropy: step.windowEntropy,
    window_start: step.chosen?.map((index) => index % windows),
    video_emb: step.embedding,
    au_sim: step.similarities,
    logits: step.logits,
    loss: step.loss,
    grad_ctx: step.gradient,
    ctx_step1: step.context,
  };
  for (const [name, numbers] of Object.entries(named)) {
    if (numbers) rows.set(`${prefix}.${name}`, numbers);
  }
}

/** The rows of a run of several steps, by the names that they have there. */
function runRows(
  rows: Computed,
  { steps, tuning }: TuningRun,
  names: Readonly<Record<"logits" | "loss" | "went" | "start" | "ctx", string>>,
): void {
  const all = steps.flatMap(({ predictions }) => predictions);
  rows.set(names.logits, all.flatMap(({ logits }) => [...logits]));
  rows.set(names.loss, steps.map(({ loss }) => loss));
  rows.set(names.went, all.flatMap(({ windowEntropy }) => [...windowEntropy]));
  rows.set(names.start, all.map(({ start }) => start));
  rows.set(names.ctx, tuning.context);
}

/** What the small set has of the tuning of prompts: `features` `[B, T, d]`. */
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

/** With the texts of the classes counting as well. */
async function computeFusedRows(
  rows: Computed,
  tuning: GoldenTuning,
  settings: TuningSettings,
  fresh: Tuning,
  windows: readonly ClipWindows[],
): Promise<void> {
  const { model } = tuning;
  if (!model.has("autt_cls.equivalent_ids")) return;
  const texts = await model.prompts.encode(await model.ids("autt_cls.equivalent_ids"));
  rows.set("autt_cls.cls_feat_raw", texts);
  using tuner = await tuning.tuner(settings, texts);
  stepRows(rows, "autt_cls", await oneStep(tuning, tuner, fresh, windows), 1);
}

/** With more tuned vectors. */
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

/** As the paper has it: each clip on its own. */
async function computeFixedRows(
  rows: Computed,
  tuning: GoldenTuning,
  settings: TuningSettings,
  fresh: Tuning,
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

/** What the original feeds to its text tower for the first unit, before positions are added. */
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

/** What the full-size set has: a clip of its own frames, and clips of made-up features. */
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
