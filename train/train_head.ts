import { createHash } from "node:crypto";
import { type Device, readAhead, Rng } from "../engine/mod.ts";
import type { HeadSizes } from "../model/clip_au/head_parameters.ts";
import { HeadJudge } from "./head_judge.ts";
import { freshState, HeadTrainer, type TrainerSetup } from "./head_trainer.ts";
import { initialHead } from "./initial_head.ts";
import { cutClip, joined } from "../data/sampling.ts";
import { shuffled, type Split } from "../data/split_subjects.ts";
import type { Sample } from "./sample.ts";
import type { EpochResult, TrainingState } from "./training_state.ts";

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
    let { lossSum, batch: taken } = state;
    const steps = async function* () {
      for (let i = state.batch; i < batches && !signal?.aborted; i++) {
        const some = order.slice(i * batch, (i + 1) * batch);
        const clips = await Promise.all(some.map(async (sample, n) => {
          const anywhere = (frames: number) =>
            new Rng(mix(settings.seed, 3, epoch, i, n)).integer(0, frames - 1);
          const features = await sample.features();
          return cutClip(features, data.sizes.embedding, settings.frames, anywhere);
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
