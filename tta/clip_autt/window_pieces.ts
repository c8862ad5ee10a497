import type { TunedPrediction, TuneOptions, TuningRun, TuningState, TuningStep } from "./tuning.ts";
import { joined } from "../../numbers/vectors.ts";
import type { ClipWindows } from "./window_embedder.ts";

/** What is done on few windows at a time. */
export interface InPieces {
  /** Most windows of a piece. */
  readonly mostWindows: number;
  /** Decides on a piece of a clip. */
  predict(tuning: Pick<TuningState, "context">, piece: ClipWindows): Promise<TunedPrediction>;
  /** Takes a step on the chosen window of each clip, where so many were taken before. */
  step(tuning: TuningState, chosen: readonly ClipWindows[], done: number): Promise<TuningRun>;
}

/** A decision on a piece of a clip. */
interface Piece {
  readonly prediction: TunedPrediction;
  /** How many of its windows the piece before has too. */
  readonly seen: number;
}

/** Decides on each clip by the most certain of its pieces. */
export async function predictInPieces(
  { mostWindows, predict }: InPieces,
  tuning: Pick<TuningState, "context">,
  clips: readonly ClipWindows[],
  signal?: AbortSignal,
): Promise<TunedPrediction[]> {
  const predictions: TunedPrediction[] = [];
  for (const clip of clips) {
    const count = clip.starts.length, size = Math.min(mostWindows, count);
    const pieces: Piece[] = [];
    for (let at = 0; at < count; at += size) {
      signal?.throwIfAborted();
      // The last piece reaches back into the one before: pieces of one size share a plan.
      const first = Math.min(at, count - size);
      const prediction = await predict(tuning, windowsFrom(clip, first, size));
      pieces.push({ prediction, seen: at - first });
    }
    predictions.push({ ...mostCertain(pieces), starts: clip.starts });
  }
  return predictions;
}

/** Tunes on the windows that are the most certain before each step. */
export async function tuneInPieces(
  pieces: InPieces,
  from: TuningState,
  clips: readonly ClipWindows[],
  { steps: count = 0, signal, onStep }: TuneOptions,
): Promise<TuningRun> {
  let tuning = from;
  const steps: TuningStep[] = [];
  while (steps.length < count) {
    const predictions = await predictInPieces(pieces, tuning, clips, signal);
    const chosen = clips.map((clip, i) =>
      windowsFrom(clip, clip.starts.indexOf(predictions[i]?.start ?? 0), 1)
    );
    const { tuning: next, steps: [step], stopped } = await pieces.step(
      tuning,
      chosen,
      steps.length,
    );
    if (!step) return { tuning, steps, stopped };
    tuning = next;
    steps.push({ loss: step.loss, predictions });
    onStep?.({ loss: step.loss, predictions }, steps.length, tuning);
  }
  signal?.throwIfAborted();
  return { tuning, steps };
}

/** Some of a clip's windows, in its memory. */
function windowsFrom({ embeddings, starts, length }: ClipWindows, first: number, count: number) {
  const width = embeddings.length / starts.length;
  return {
    embeddings: embeddings.subarray(first * width, (first + count) * width),
    starts: starts.slice(first, first + count),
    length,
  };
}

/** The decision on a whole clip, from those on its pieces in order of time. */
function mostCertain(pieces: readonly Piece[]): TunedPrediction {
  const leastIn = ({ windowEntropy }: TunedPrediction) =>
    windowEntropy.reduce((least, x) => Math.min(least, x), Infinity);
  const best = pieces.map(({ prediction }) => prediction)
    .reduce((best, one) => leastIn(one) < leastIn(best) ? one : best);
  const together = (name: "windowEntropy" | "windowLogits") =>
    joined(pieces.map(({ prediction, seen }) => {
      const width = prediction[name].length / prediction.windowEntropy.length;
      return prediction[name].subarray(seen * width);
    }));
  return {
    ...best,
    windowEntropy: together("windowEntropy"),
    windowLogits: together("windowLogits"),
  };
}
