import type { TunedPrediction } from "./clip_autt/predictions.ts";
import type { Tuning } from "./clip_autt/tuning.ts";

/** What a step found, before it moved anything. */
export interface TuningStep {
  /** The mean entropy over the clips, and what `settings.loss` adds to it. */
  readonly loss: number;
  /** Of each clip. */
  readonly predictions: readonly TunedPrediction[];
}

/** What came of some steps. */
export interface TuningRun {
  readonly tuning: Tuning;
  readonly steps: readonly TuningStep[];
  /** Why there are fewer steps than asked for; nothing moved in the step that is missing. */
  readonly stopped?: string | undefined;
}

/** How to tune. */
export interface TuneOptions {
  /** As many as the settings say if left out. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each step, with how many are done and where tuning stands after it. */
  readonly onStep?: ((step: TuningStep, done: number, tuning: Tuning) => void) | undefined;
}
