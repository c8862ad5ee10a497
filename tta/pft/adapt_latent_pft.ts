import type { Device } from "../../engine/mod.ts";
import { Rng } from "../../numbers/rng.ts";
import { drawPlaces, takeRows } from "./batches.ts";
import { acceptedScale, measureSurvival, type Survival } from "./collapse_guard.ts";
import { FrozenClassifier } from "./frozen_classifier.ts";
import { type LatentPft, rowsOfClip, standardised } from "./latent_pft.ts";
import type { TranslatorWeights } from "./translator.ts";
import { TranslatorJudge, TranslatorTrainer } from "./translator_trainer.ts";

/** How the target stage adapts. */
export const targetStage = {
  rate: 1e-4,
  batch: 32,
  epochs: 25,
  patience: 5,
  /** The weight of "this is neutral": with 1 everything would become neutral. */
  neutral: 0.1,
} as const;

/** A latent PFT adapted to a person, and how that went. */
export interface AdaptedPft {
  /** Without probes. Its scale is 0 if the guard refused all of it. */
  readonly pft: LatentPft;
  /** 0 if no epoch was better than the translator of the sources on the clip held out. */
  readonly bestEpoch: number;
  readonly survival: readonly Survival[];
}

/** Options of `adaptLatentPft()`. */
export interface AdaptPftOptions {
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  readonly settings?: { readonly [name in keyof typeof targetStage]: number };
}

/**
 * Adapts a latent PFT to a person's resting clips, features `[T, d]` each. The last clip is held out and
 * decides when to stop; of a single clip, its second half.
 */
export async function adaptLatentPft(
  device: Device,
  learnt: LatentPft,
  resting: readonly Float32Array[],
  { seed = 1999, signal, settings = targetStage }: AdaptPftOptions = {},
): Promise<AdaptedPft> {
  const { standard, probes } = learnt, width = standard.mean.length;
  if (!probes) {
    throw new TypeError(
      "Cannot adapt the translator of a person once more: it keeps nothing of the sources: adapt the one " +
        "that was trained",
    );
  }
  const clips = resting.map((features) => rowsOfClip(features, width));
  const last = clips.at(-1) ?? [], half = last.length >> 1;
  const [train, held] = clips.length > 1
    ? [clips.slice(0, -1).flat(), last]
    : [last.slice(0, half), last.slice(half)];
  if (train.length === 0 || held.length === 0) {
    throw new TypeError(
      `Cannot adapt to ${clips.length} resting clips with ${clips.flat().length} rows of frames: ` +
        "wanted two clips, or one of 10 frames at least",
    );
  }
  const classifier = new FrozenClassifier(learnt.classifier);
  const rows = standardised(train, standard), judged = standardised(held, standard);
  const { weights, bestEpoch } = await adaptOnRows(device, learnt.translator, {
    ...{ classifier, rows, judged, rng: new Rng(seed), signal, settings },
  });
  const survival = measureSurvival(classifier, weights, probes);
  const { probes: _, ...kept } = learnt;
  const pft = { ...kept, translator: weights, scale: acceptedScale(survival) };
  return { pft, bestEpoch, survival };
}

async function adaptOnRows(
  device: Device,
  start: TranslatorWeights,
  { classifier, rows, judged, rng, signal, settings }: {
    readonly classifier: FrozenClassifier;
    readonly rows: Float64Array;
    readonly judged: Float64Array;
    readonly rng: Rng;
    readonly signal: AbortSignal | undefined;
    readonly settings: NonNullable<AdaptPftOptions["settings"]>;
  },
): Promise<{ readonly weights: TranslatorWeights; readonly bestEpoch: number }> {
  const { width } = classifier, count = rows.length / width, heldRows = judged.length / width;
  const batch = Math.min(settings.batch, count), hidden = start.firstBias.length;
  const shared = { classifier, hidden, weight: settings.neutral };
  using trainer = await TranslatorTrainer.open(
    device,
    "target",
    { ...shared, batch, rate: settings.rate },
    start,
  );
  using judge = await TranslatorJudge.open(device, "target", { ...shared, batch: heldRows });
  const held = [{ features: judged, labels: new Uint8Array(heldRows) }];
  let best = start, least = await judge.mean(start, held), bestEpoch = 0;
  for (let epoch = 1; epoch <= settings.epochs && epoch - bestEpoch <= settings.patience; epoch++) {
    const order = drawPlaces(count, Math.ceil(count / batch) * batch, rng);
    for (let at = 0; at < order.length; at += batch) {
      const places = order.slice(at, at + batch);
      trainer.step({ features: takeRows(rows, width, places), labels: new Uint8Array(batch) });
    }
    const weights = await trainer.read(), loss = await judge.mean(weights, held);
    signal?.throwIfAborted();
    if (loss < least) [best, least, bestEpoch] = [weights, loss, epoch];
  }
  return { weights: best, bestEpoch };
}
