import { createHash } from "node:crypto";
import { type Device, type Plan, record, Rng, type Tensor } from "../engine/mod.ts";
import { l2Normalize } from "../kernels/mod.ts";
import { adaptTexts, decide, embedClips } from "../model/clip_au/head.ts";
import {
  type HeadParameters,
  headShapes,
  type HeadSizes,
} from "../model/clip_au/head_parameters.ts";
import { toMatrix } from "../model/clip_au/head_weights.ts";
import { freshState, headInputs, headOf, HeadTrainer, type TrainerSetup } from "./head_trainer.ts";
import { initialHead } from "./initial_head.ts";
import { computeMetrics, largestAt } from "./metrics.ts";
import { sampleClip } from "./sampling.ts";
import { shuffled, type Split } from "./split_subjects.ts";
import type { EpochResult, TrainingState } from "./training_state.ts";

/** A labelled video whose features are at hand. */
export interface Sample {
  /** Its name in what is told. */
  readonly id: string;
  /** The person in it: never on both sides. */
  readonly subject: string;
  /** The number of its class. */
  readonly label: number;
  /** Tells these features from others: what made them, out of which frames. */
  readonly key: string;
  /** `[T, d]`: every frame that is looked at. */
  features(): Promise<Float32Array>;
}

/** How to train. */
export interface TrainSettings {
  /** At most so many times over all samples. */
  readonly epochs: number;
  /** Epochs without a better result on the people held back, after which it ends. */
  readonly patience: number;
  /** Samples in a step. */
  readonly batch: number;
  /** Frames of a clip. */
  readonly frames: number;
  /** AdamW's rate of learning. */
  readonly rate: number;
  /** AdamW's decay of the weights. */
  readonly decay: number;
  /** Of every draw. */
  readonly seed: number;
}

/** What training works on. */
export interface TrainingData {
  /** Of the head. */
  readonly sizes: HeadSizes;
  /** `[A, d]`: the Action Units' texts. */
  readonly texts: Float32Array<ArrayBuffer>;
  /** Those to learn from, and those that are held back. */
  readonly samples: Split<Sample>;
}

/** What to tell and to keep on the way. */
export interface TrainingHooks {
  /** Stops it, with the reason that the signal has. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each batch, with its loss. */
  readonly onBatch?:
    | ((epoch: number, batch: number, batches: number, loss: number) => void)
    | undefined;
  /** Told of each epoch, and whether it is the best so far. */
  readonly onEpoch?: ((epoch: number, result: EpochResult, best: boolean) => void) | undefined;
  /** Called after each epoch, and when the signal comes: with this state training can go on. */
  readonly save?: ((state: TrainingState) => Promise<void>) | undefined;
}

/** Independent numbers out of a seed. */
function mix(seed: number, ...numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => new Rng(Math.imul(sum, 31) + n).u32(), seed);
}

/** What must be the same for training to go on where it was stopped. */
export function describeTraining(
  settings: TrainSettings,
  { sizes, texts, samples: { train, held } }: TrainingData,
): string {
  const { batch, frames, rate, decay, seed } = settings; // how long it goes on may change
  const list = (samples: readonly Sample[]) =>
    samples.map(({ id, label, key }) => `${id} ${label} ${key}`);
  const text = createHash("sha256").update(texts).digest("hex");
  return JSON.stringify({
    settings: { batch, frames, rate, decay, seed },
    sizes,
    text,
    train: list(train),
    held: list(held),
  });
}

/** The state before the first step. */
export function beginTraining(settings: TrainSettings, data: TrainingData): TrainingState {
  const best = initialHead(data.sizes, mix(settings.seed, 1));
  const of = describeTraining(settings, data);
  return { of, current: freshState(best), best, bestEpoch: 0, history: [], batch: 0, lossSum: 0 };
}

/**
 * Trains a head on some people and keeps it as it was when it did best on others. Every draw depends on
 * the seed and on where training stands, so that one that was stopped goes on to the same bits.
 *
 * @returns The last state; what came of it is `best`. Throws the signal's reason where it is stopped.
 *
 * @example
 * ```ts
 * import { beginTraining, openDevice, type Sample, trainHead } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * const numbers = (count: number, from: number) =>
 *   Float32Array.from({ length: count }, (_, i) => Math.sin(from + i));
 * const sample = (label: number, subject: string): Sample => ({
 *   id: `${subject}/${label}`,
 *   subject,
 *   label,
 *   key: `${subject}/${label}`,
 *   features: () => Promise.resolve(numbers(5 * 8, 3 * label)), // of 5 frames
 * });
 * const of = (subject: string) => [sample(0, subject), sample(1, subject)];
 * const data = {
 *   sizes: { embedding: 8, adapter: 4, units: 3, classifier: 4, classes: 2 },
 *   texts: numbers(3 * 8, 0),
 *   samples: { train: of("anna"), held: of("ben") },
 * };
 * const settings = { epochs: 2, patience: 2, batch: 2, frames: 5, rate: 1e-3, decay: 0, seed: 1 };
 * const { history } = await trainHead(device, settings, data, beginTraining(settings, data));
 * assert.equal(history.length, 2);
 * ```
 */
export async function trainHead(
  device: Device,
  settings: TrainSettings,
  data: TrainingData,
  from: TrainingState,
  { signal, onBatch, onEpoch, save }: TrainingHooks = {},
): Promise<TrainingState> {
  const { train, held } = data.samples;
  const batch = Math.min(settings.batch, train.length), batches = Math.floor(train.length / batch);
  const setup: TrainerSetup = { ...settings, ...data, batch };
  if (from.batch > batches) {
    throw new RangeError(`Cannot go on at batch ${from.batch}: an epoch has ${batches}`);
  }
  using trainer = await HeadTrainer.open(device, setup);
  using judge = await HeadJudge.open(device, setup);
  trainer.write(from.current);
  let state = from;
  const done = () =>
    state.history.length >= settings.epochs ||
    (state.bestEpoch > 0 && state.history.length - state.bestEpoch >= settings.patience);
  while (!done()) {
    const epoch = state.history.length + 1;
    const order = shuffled(train, mix(settings.seed, 2, epoch));
    let { lossSum } = state;
    for (let i = state.batch; i < batches; i++) {
      if (signal?.aborted) {
        await save?.({ ...state, current: await trainer.read(), batch: i, lossSum });
        throw signal.reason;
      }
      const some = order.slice(i * batch, (i + 1) * batch);
      const clips = await Promise.all(some.map(async (sample, n) => {
        const features = await sample.features();
        const frames = features.length / data.sizes.embedding;
        const start = new Rng(mix(settings.seed, 3, epoch, i, n)).integer(0, frames - 1);
        return pickFrames(
          features,
          data.sizes.embedding,
          sampleClip(frames, settings.frames, start),
        );
      }));
      const { loss } = await trainer.step({
        features: joined(clips),
        labels: Uint32Array.from(some, ({ label }) => label),
      });
      if (!Number.isFinite(loss)) {
        throw new RangeError(
          `Cannot go on training: the loss of epoch ${epoch}, batch ${i + 1}, is ${loss}: ` +
            `choose a smaller rate than ${settings.rate}`,
        );
      }
      lossSum += loss;
      onBatch?.(epoch, i + 1, batches, loss);
    }
    const current = await trainer.read();
    const result = { loss: lossSum / batches, held: await judge.test(current.head, held) };
    if (!Number.isFinite(result.held.loss)) {
      throw new RangeError(
        `Cannot go on training: after epoch ${epoch} the loss on the people held out is ` +
          `${result.held.loss}: choose a smaller rate than ${settings.rate}`,
      );
    }
    const best = betterThan(result, state.history[state.bestEpoch - 1]);
    state = {
      ...state,
      current,
      ...best ? { best: current.head, bestEpoch: epoch } : {},
      history: [...state.history, result],
      batch: 0,
      lossSum: 0,
    };
    await save?.(state);
    onEpoch?.(epoch, result, best);
  }
  return state;
}

/** Better is a higher F1 on the people held back; where that is the same, a lower loss. */
function betterThan({ held }: EpochResult, best: EpochResult | undefined): boolean {
  if (!best) return true;
  return held.f1 > best.held.f1 || (held.f1 === best.held.f1 && held.loss < best.held.loss);
}

/** Tests heads on clips from the middle of videos. */
class HeadJudge implements Disposable {
  readonly #device: Device;
  readonly #setup: TrainerSetup;
  readonly #plan: Plan<Tensor>;

  private constructor(device: Device, setup: TrainerSetup, plan: Plan<Tensor>) {
    this.#device = device;
    this.#setup = setup;
    this.#plan = plan;
  }

  static async open(device: Device, setup: TrainerSetup): Promise<HeadJudge> {
    const { sizes, texts, batch, frames } = setup, { embedding, units } = sizes;
    const plan = await record(device, (r) => {
      const head = headOf(headInputs(r, sizes));
      const clips = embedClips(r, head, r.input("features", [batch, frames, embedding]));
      const adapted = adaptTexts(r, head, r.constant("texts", [units, embedding], "f32", texts));
      return decide(r, head, clips, l2Normalize(r, adapted)).logits;
    });
    return new HeadJudge(device, setup, plan);
  }

  async test(head: HeadParameters, samples: readonly Sample[]): Promise<EpochResult["held"]> {
    const { sizes, batch, frames: length } = this.#setup;
    for (const [name, shape] of headShapes(sizes)) {
      const data = head.numbers.get(name) as Float32Array<ArrayBuffer>;
      this.#plan.write(name, name.endsWith("weight") ? toMatrix(data, shape) : data);
    }
    const got: number[] = [];
    let loss = 0;
    for (let first = 0; first < samples.length; first += batch) {
      const some = samples.slice(first, first + batch);
      const clips = await Promise.all(some.map(async (sample) => {
        const features = await sample.features(), frames = features.length / sizes.embedding;
        const start = Math.max(0, (frames - length) >> 1);
        return pickFrames(features, sizes.embedding, sampleClip(frames, length, start));
      }));
      // A plan has its size: what is missing of the last batch is filled with the first clip.
      while (clips.length < batch) clips.push(clips[0] as Float32Array);
      this.#plan.write("features", joined(clips));
      this.#plan.run();
      const logits = await this.#device.read(this.#plan.outputs);
      for (const [i, { label }] of some.entries()) {
        const row = logits.subarray(i * sizes.classes, (i + 1) * sizes.classes);
        got.push(largestAt(row));
        const most = Math.max(...row);
        const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
        loss += most + Math.log(sum) - (row[label] ?? NaN);
      }
    }
    return {
      loss: loss / samples.length,
      ...computeMetrics(samples.map(({ label }) => label), got),
    };
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

/** Some frames' features out of `[T, d]`. */
function pickFrames(
  features: Float32Array,
  width: number,
  frames: readonly number[],
): Float32Array {
  const picked = new Float32Array(frames.length * width);
  for (const [i, frame] of frames.entries()) {
    picked.set(features.subarray(frame * width, (frame + 1) * width), i * width);
  }
  return picked;
}

function joined(clips: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const size = clips[0]?.length ?? 0, all = new Float32Array(clips.length * size);
  for (const [i, clip] of clips.entries()) all.set(clip, i * size);
  return all;
}
