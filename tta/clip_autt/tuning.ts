import { Rng } from "../../numbers/rng.ts";
import type { TunedPrediction } from "./predictions.ts";

/** Where tuning stands: the vectors, AdamW's moments, and how many steps led here. */
export interface TuningState {
  /** `[A, n, D]` */
  readonly context: Float32Array<ArrayBuffer>;
  /** AdamW's first moment. */
  readonly m: Float32Array<ArrayBuffer>;
  /** AdamW's second moment. */
  readonly v: Float32Array<ArrayBuffer>;
  /** How many steps led here. */
  readonly step: number;
}

/** What a step found, before it moved anything. */
export interface TuningStep {
  /** The mean entropy over the clips, and what `settings.loss` adds to it. */
  readonly loss: number;
  /** Of each clip. */
  readonly predictions: readonly TunedPrediction[];
}

/** What came of some steps. */
export interface TuningRun {
  readonly tuning: TuningState;
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
  readonly onStep?: ((step: TuningStep, done: number, tuning: TuningState) => void) | undefined;
}

/** The spread of the first draw. */
const spread = 0.02;

/** Vectors from a seed: one draw of `[n, D]`, the same for every Action Unit. */
export function drawContext(
  seed: number,
  ...[units, contextTokens, width]: readonly [number, number, number]
): Float32Array<ArrayBuffer> {
  const rng = new Rng(seed);
  const draw = Float32Array.from({ length: contextTokens * width }, () => spread * rng.normal());
  return repeatDraw(draw, units);
}

/** One draw for every unit. */
export function repeatDraw(draw: Float32Array, units: number): Float32Array<ArrayBuffer> {
  const context = new Float32Array(units * draw.length);
  for (let unit = 0; unit < units; unit++) context.set(draw, unit * draw.length);
  return context;
}

/** The beginning of tuning from some vectors. */
export function freshTuning(context: Float32Array<ArrayBuffer>): TuningState {
  return {
    context,
    m: new Float32Array(context.length),
    v: new Float32Array(context.length),
    step: 0,
  };
}

/** How far vectors lie apart: by their norm, and at most in one number. */
export interface Moved {
  /** The norm of the difference. */
  readonly distance: number;
  /** The largest difference of two numbers. */
  readonly largest: number;
}

/** How far tuning has come from other vectors. */
export function movedFrom(start: Float32Array, context: Float32Array): Moved {
  let squares = 0, largest = 0;
  for (const [i, x] of context.entries()) {
    const step = Math.abs(x - (start[i] ?? NaN));
    squares += step ** 2;
    largest = Math.max(largest, step);
  }
  return { distance: Math.sqrt(squares), largest };
}
