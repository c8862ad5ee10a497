import { record, type Tensor, Weights } from "../engine/mod.ts";
import { readHeadParameters } from "../model/clip_au/head_parameters.ts";
import { packHead } from "../model/clip_au/head_weights.ts";
import { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import type { StepTensors } from "../tta/clip_autt/tuning_step.ts";
import type { TuningRun, TuningState } from "../tta/clip_autt/tuning.ts";
import type { TuningSettings } from "../tta/clip_autt/tuning_settings.ts";
import { type ClipWindows, WindowEmbedder } from "../tta/clip_autt/window_embedder.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";

/** A set's frozen model with its clips' features. */
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
export async function oneStep(
  { model: { device } }: GoldenTuning,
  tuner: PromptTuner,
  { context, m, v }: TuningState,
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
  for (const name of plan.inputs.keys()) plan.write(name, inputs[name] as TuningState["m"]);
  plan.run();
  const numbers = await device.read(Object.values(plan.outputs) as Tensor[]);
  return Object.fromEntries(
    Object.keys(plan.outputs).map((name, i) => [name, numbers[i]]),
  ) as Record<keyof StepTensors, Float32Array<ArrayBuffer>>;
}

/** The rows of one step under a prefix. */
export function stepRows(
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
export function runRows(
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
