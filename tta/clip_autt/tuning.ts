import { Rng } from "../../numbers/rng.ts";
import type { Device, Tensor } from "../../engine/mod.ts";
import type { Prediction } from "../../model/clip_au/clip_au.ts";
import type { ClipWindows } from "./window_embedder.ts";

/** The state of prompt tuning: the tuned vectors, AdamW's moments and the step count. */
export interface TuningState {
  /** `[A, n, D]` */
  readonly context: Float32Array<ArrayBuffer>;
  /** AdamW's first moment. */
  readonly m: Float32Array<ArrayBuffer>;
  /** AdamW's second moment. */
  readonly v: Float32Array<ArrayBuffer>;
  /** How many steps were taken. */
  readonly step: number;
}

/** The loss and the decisions of a step, computed before its update. */
export interface TuningStep {
  /** The mean entropy over the clips, plus the term that `settings.loss` adds. */
  readonly loss: number;
  /** One for each clip. */
  readonly predictions: readonly TunedPrediction[];
}

/** The result of several steps. */
export interface TuningRun {
  readonly tuning: TuningState;
  readonly steps: readonly TuningStep[];
  /** Why there are fewer steps than requested; the failed step changed nothing. */
  readonly stopped?: string | undefined;
}

/** Options of a tuning run. */
export interface TuneOptions {
  /** The number of steps; by default that of the settings. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each step, with the number of steps done and the state after it. */
  readonly onStep?: ((step: TuningStep, done: number, tuning: TuningState) => void) | undefined;
}

/** The standard deviation of the initial vectors. */
const spread = 0.02;

/** Initial vectors from a seed: one draw of `[n, D]`, shared by all Action Units. */
export function drawContext(
  seed: number,
  ...[units, contextTokens, width]: readonly [number, number, number]
): Float32Array<ArrayBuffer> {
  const rng = new Rng(seed);
  const draw = Float32Array.from({ length: contextTokens * width }, () => spread * rng.normal());
  return repeatDraw(draw, units);
}

/** Repeats one draw for each Action Unit. */
export function repeatDraw(draw: Float32Array, units: number): Float32Array<ArrayBuffer> {
  const context = new Float32Array(units * draw.length);
  for (let unit = 0; unit < units; unit++) context.set(draw, unit * draw.length);
  return context;
}

/** The initial state for given vectors. */
export function freshTuning(context: Float32Array<ArrayBuffer>): TuningState {
  return {
    context,
    m: new Float32Array(context.length),
    v: new Float32Array(context.length),
    step: 0,
  };
}

/** How far the tuned vectors moved. */
export interface Moved {
  /** The norm of the difference. */
  readonly distance: number;
  /** The largest difference of two numbers. */
  readonly largest: number;
}

/** How far vectors are from their start. */
export function movedFrom(start: Float32Array, context: Float32Array): Moved {
  let squares = 0, largest = 0;
  for (const [i, x] of context.entries()) {
    const step = Math.abs(x - (start[i] ?? NaN));
    squares += step ** 2;
    largest = Math.max(largest, step);
  }
  return { distance: Math.sqrt(squares), largest };
}

/** A decision on one clip, with the window that it was made on. */
export interface TunedPrediction extends Prediction {
  /** The entropy of the probabilities, in nats. */
  readonly entropy: number;
  /** The chosen window's first frame. */
  readonly start: number;
  /** `[W]`: the first frame of each window. */
  readonly starts: readonly number[];
  /** `[W]`: the entropy by which the window was chosen. */
  readonly windowEntropy: Float32Array;
  /** `[W, C]`: the logits behind these entropies. */
  readonly windowLogits: Float32Array;
}

/** The names of a plan's outputs that make a decision. */
export const decisionNames = [
  "logits",
  "probabilities",
  "similarities",
  "embedding",
  "entropy",
  "windowEntropy",
  "windowLogits",
  "chosen",
] as const;

type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Reads some of a plan's outputs, all at once. */
export async function readAll(
  device: Device,
  outputs: Readonly<Record<string, Tensor | Tensor<"u32">>>,
  names: readonly string[],
): Promise<Record<string, Numbers>> {
  const numbers = await device.read(names.map((name) => outputs[name] as Tensor));
  return Object.fromEntries(names.map((name, i) => [name, numbers[i] as Numbers]));
}

/** Splits what was read into one decision per clip. */
export function predictionsOf(
  found: Readonly<Record<string, Numbers>>,
  clips: readonly ClipWindows[],
): TunedPrediction[] {
  return clips.map(({ starts }, b) => {
    const part = (name: typeof decisionNames[number]) => {
      const all = found[name] as Float32Array, size = all.length / clips.length;
      return all.slice(b * size, (b + 1) * size);
    };
    const chosen = (part("chosen")[0] ?? 0) - b * starts.length;
    return {
      logits: part("logits"),
      probabilities: part("probabilities"),
      similarities: part("similarities"),
      embedding: part("embedding"),
      entropy: part("entropy")[0] ?? NaN,
      start: starts[chosen] ?? 0,
      starts,
      windowEntropy: part("windowEntropy"),
      windowLogits: part("windowLogits"),
    };
  });
}
