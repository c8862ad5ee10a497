import type { Device, Tensor } from "../../engine/mod.ts";
import type { Prediction } from "../../model/clip_au/clip_au.ts";
import type { ClipWindows } from "./window_embedder.ts";

/** A decision on one clip, with the window that it was made on. */
export interface TunedPrediction extends Prediction {
  /** The entropy of the probabilities, in nats. */
  readonly entropy: number;
  /** The chosen window's first frame. */
  readonly start: number;
  /** `[W]`: the entropy by which the window was chosen. */
  readonly windowEntropy: Float32Array;
  /** `[W, C]`: the logits behind these entropies. */
  readonly windowLogits: Float32Array;
}

/** The names of a plan's outputs that make a decision. */
const decisionNames = [
  "logits",
  "probabilities",
  "similarities",
  "embedding",
  "entropy",
  "windowEntropy",
  "windowLogits",
  "chosen",
] as const;

/** The tensors of a decision among a plan's outputs. */
export function decisionOf(
  outputs: Readonly<Record<string, Tensor | Tensor<"u32">>>,
): Record<string, Tensor | Tensor<"u32">> {
  return Object.fromEntries(decisionNames.map((name) => [name, outputs[name] as Tensor]));
}

type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Reads named tensors, all at once. */
export async function readAll(
  device: Device,
  tensors: Readonly<Record<string, Tensor | Tensor<"u32">>>,
): Promise<Record<string, Numbers>> {
  const numbers = await device.read(Object.values(tensors) as Tensor[]);
  return Object.fromEntries(Object.keys(tensors).map((name, i) => [name, numbers[i] as Numbers]));
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
      windowEntropy: part("windowEntropy"),
      windowLogits: part("windowLogits"),
    };
  });
}
