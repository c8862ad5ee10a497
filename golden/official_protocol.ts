import { computeMetrics, type Metrics } from "../numbers/scores/metrics.ts";
import { average, largestAt } from "../numbers/vectors.ts";
import type { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import { freshTuning } from "../tta/clip_autt/tuning.ts";
import type { ClipWindows } from "../tta/clip_autt/window_embedder.ts";

/** How the released code iterates over a subject's clips. */
export interface OfficialOptions {
  readonly epochs?: number;
  /** The batch size; an incomplete last batch is dropped. */
  readonly batch?: number;
  /** Most batches per epoch. */
  readonly iterations?: number;
  /** Called before each step with the current context. */
  readonly onStep?: (context: Float32Array<ArrayBuffer>) => void;
}

/** What the released code prints for an epoch. */
export interface OfficialEpoch extends Metrics {
  /** The mean of the batches' entropies. */
  readonly loss: number;
}

/** The result. */
export interface OfficialRun {
  readonly epochs: readonly OfficialEpoch[];
  /** After the last step. */
  readonly context: Float32Array<ArrayBuffer>;
  /** After the best epoch, chosen by the labels, from which the released code continues. */
  readonly best: Float32Array<ArrayBuffer>;
}

/**
 * Tunes as the released code does, for comparison, including its flaws: the context is never reset, a
 * step uses a batch of many videos, predictions are scored before the step, and the best epoch is chosen
 * by the labels to be predicted. Its scores do not measure what a user would get.
 */
export async function runOfficialProtocol(
  tuner: PromptTuner,
  start: Float32Array<ArrayBuffer>,
  clips: readonly ClipWindows[],
  labels: readonly number[],
  { epochs: count = 10, batch = 40, iterations = 10, onStep }: OfficialOptions = {},
): Promise<OfficialRun> {
  const batches = Math.min(iterations, Math.floor(clips.length / batch));
  if (batches < 1 || labels.length !== clips.length) {
    throw new TypeError(
      `Cannot run the released protocol on ${clips.length} clips with ${labels.length} labels: ` +
        `wanted a label for each, and a batch of ${batch} at least: choose a smaller one`,
    );
  }
  let context = start, best = start, bestWar = 0, bestF1 = 0;
  const epochs: OfficialEpoch[] = [];
  for (let epoch = 0; epoch < count; epoch++) {
    const losses: number[] = [], got: number[] = [];
    for (let i = 0; i < batches; i++) {
      onStep?.(context);
      const some = clips.slice(i * batch, (i + 1) * batch);
      const { steps: [step], tuning, stopped } = await tuner.tune(freshTuning(context), some, {
        steps: 1,
      });
      if (!step) throw new RangeError(`Cannot go on with the released protocol: ${stopped}`);
      losses.push(step.loss);
      got.push(...step.predictions.map(({ logits }) => largestAt(logits)));
      context = tuning.context;
    }
    const metrics = computeMetrics(labels.slice(0, got.length), got);
    const loss = average(losses);
    epochs.push({ loss, ...metrics });
    if (metrics.war > bestWar || metrics.f1 > bestF1) best = context;
    bestWar = Math.max(bestWar, metrics.war);
    bestF1 = Math.max(bestF1, metrics.f1);
  }
  return { epochs, context, best };
}
