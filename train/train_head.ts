import { createHash } from "node:crypto";
import { type Device, readAhead, Rng } from "../engine/mod.ts";
import type { HeadSizes } from "../model/clip_au/head_parameters.ts";
import { HeadJudge } from "./head_judge.ts";
import { freshState, HeadTrainer, initialHead, type TrainerSetup } from "./head_trainer.ts";
import { cutClip } from "../data/sampling.ts";
import { shuffled, type Split } from "../data/split_subjects.ts";
import { joined } from "../numbers/vectors.ts";
import { type Jitter, jittered } from "./jitter.ts";
import type { Sample } from "./sample.ts";
import type { EpochResult, TrainingState } from "./training_state.ts";

/** How to train a head. */
export interface TrainSettings {
  /** At most so many passes over all samples. */
  readonly epochs: number;
  /** Stops after so many epochs without a better result on the people held out. */
  readonly patience: number;
  /** Samples per step. */
  readonly batch: number;
  /** Frames per clip. */
  readonly frames: number;
  /** AdamW's learning rate. */
  readonly rate: number;
  /** AdamW's weight decay. */
  readonly decay: number;
  /** Decides every random draw. */
  readonly seed: number;
}

/** What a head is trained on. */
export interface TrainingData {
  /** The sizes of the head. */
  readonly sizes: HeadSizes;
  /** `[A, d]`: the text embeddings of the Action Units. */
  readonly texts: Float32Array<ArrayBuffer>;
  /** Samples to train on, and of people held out; without any, the head of the last epoch is kept. */
  readonly samples: Split<Sample>;
  /** How clips to train on are varied; not at all by default. */
  readonly jitter?: Jitter | undefined;
}

/** Callbacks of training. */
export interface TrainingHooks {
  /** Stops training, which throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch, with its loss. */
  readonly onBatch?:
    | ((epoch: number, batch: number, batches: number, loss: number) => void)
    | undefined;
  /** Called after each epoch; `best` says whether it is the best so far. */
  readonly onEpoch?: ((epoch: number, result: EpochResult, best: boolean) => void) | undefined;
  /** Called after each epoch and on the signal with a state from which training can be resumed. */
  readonly save?: ((state: TrainingState) => Promise<void>) | undefined;
}

/** Derives independent seeds from a seed. */
function mix(seed: number, ...numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => new Rng(Math.imul(sum, 31) + n).u32(), seed);
}

/** What must be the same for training to be resumed. */
export function describeTraining(
  settings: TrainSettings,
  { sizes, texts, samples: { train, held }, jitter }: TrainingData,
): string {
  const { batch, frames, rate, decay, seed } = settings; // how long to train may change
  const list = (samples: readonly Sample[]) =>
    samples.map(({ id, label, key }) => `${id} ${label} ${key}`);
  const digest = (numbers: Float32Array | Float64Array) =>
    createHash("sha256").update(numbers).digest("hex");
  const text = digest(texts);
  return JSON.stringify({
    settings: { batch, frames, rate, decay, seed },
    sizes,
    text,
    jitter: jitter && [...jitter.gains, digest(jitter.usual), digest(jitter.errors)],
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
 * Trains a head on some people and keeps the one that did best on others. Every draw depends on the seed
 * and on the state alone, so that a training that is stopped and resumed ends with the same bits.
 *
 * @returns The last state, whose `best` is the trained head. Throws the signal's reason if stopped.
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
    let { lossSum, batch: taken } = state;
    const steps = async function* () {
      for (let i = state.batch; i < batches && !signal?.aborted; i++) {
        const some = order.slice(i * batch, (i + 1) * batch);
        const clips = await Promise.all(some.map(async (sample, n) => {
          const anywhere = (frames: number) =>
            new Rng(mix(settings.seed, 3, epoch, i, n)).integer(0, frames - 1);
          const { sizes: { embedding }, jitter } = data, features = await sample.features();
          const clip = cutClip(features, embedding, settings.frames, anywhere);
          return jitter
            ? jittered(clip, jitter, new Rng(mix(settings.seed, 4, epoch, i, n)))
            : clip;
        }));
        const labels = Uint32Array.from(some, ({ label }) => label);
        yield { answer: trainer.step({ features: joined(clips), labels }) };
      }
    };
    for await (const { loss } of readAhead(steps())) {
      taken++;
      if (!Number.isFinite(loss)) {
        throw new RangeError(
          `Cannot go on training: the loss of epoch ${epoch}, batch ${taken}, is ${loss}: ` +
            `choose a smaller rate than ${settings.rate}`,
        );
      }
      lossSum += loss;
      onBatch?.(epoch, taken, batches, loss);
    }
    if (taken < batches) {
      await save?.({ ...state, current: await trainer.read(), batch: taken, lossSum });
      throw signal?.reason;
    }
    const current = await trainer.read();
    const result: EpochResult = {
      loss: lossSum / batches,
      ...held.length > 0 && { held: await judge.test(current.head, held) },
    };
    if (result.held && !Number.isFinite(result.held.loss)) {
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

/**
 * Whether the loss on the people held out is lower: F1 of a few people goes up and down by points from
 * epoch to epoch. Where nobody is held out, the latest is the best.
 */
function betterThan({ held }: EpochResult, best: EpochResult | undefined): boolean {
  return !held || !best?.held || held.loss < best.held.loss;
}
