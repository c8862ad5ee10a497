import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, batchNorm, batchStatistics, multiply, scale } from "../../kernels/mod.ts";
import { type NamedWeights, weightOf } from "./weights.ts";

/** What batch norm adds to the variance. */
export const batchNormEps = 1e-5;

/** How much of a running statistic a batch replaces. */
const renewed = 0.1;

/** What a network does otherwise while it is trained. */
export interface Mode {
  /** Batch norm of `[B, T, C]`, by the name of its layer. */
  normalize(r: Recorder, w: NamedWeights, name: string, x: Tensor): Tensor;
  /** Drops numbers, where any are dropped. */
  drop(r: Recorder, x: Tensor): Tensor;
}

/**
 * A trained network's: batch norm is one product and one sum, by `NAME.factor` and `NAME.shift`, which
 * `foldBatchNorm()` makes of the running statistics.
 */
export const trained: Mode = {
  normalize: (r, w, name, x) =>
    add(r, multiply(r, x, weightOf(w, `${name}.factor`)), weightOf(w, `${name}.shift`)),
  drop: (_, x) => x,
};

/** What batch norm comes to with running statistics. */
export function foldBatchNorm(
  { weight, bias, mean, variance }: Readonly<
    Record<"weight" | "bias" | "mean" | "variance", Float32Array>
  >,
): { factor: Float32Array<ArrayBuffer>; shift: Float32Array<ArrayBuffer> } {
  const factors = Array.from(
    weight,
    (w, i) => w / Math.sqrt((variance[i] as number) + batchNormEps),
  );
  return {
    factor: Float32Array.from(factors),
    shift: Float32Array.from(bias, (b, i) => b - (mean[i] as number) * (factors[i] as number)),
  };
}

/** A network's in training: batch norm by the batch itself, which renews running statistics, and dropout. */
export class InTraining implements Mode {
  /** The running statistics after the batch, by their names. */
  readonly renewed = new Map<string, Tensor>();
  /** What each dropout multiplies by: inputs, to be filled with 0 and `1 / (1 - rate)`. */
  readonly masks: Tensor[] = [];
  readonly #drops: boolean;

  /** @param drops Whether anything is dropped. */
  constructor(drops: boolean) {
    this.#drops = drops;
  }

  normalize(r: Recorder, w: NamedWeights, name: string, x: Tensor): Tensor {
    const { mean, variance } = batchStatistics(r, x);
    for (const [key, now] of [["running_mean", mean], ["running_var", variance]] as const) {
      const before = weightOf(w, `${name}.${key}`);
      this.renewed.set(
        `${name}.${key}`,
        add(r, scale(r, before, 1 - renewed), scale(r, now, renewed)),
      );
    }
    const z = batchNorm(r, x, { eps: batchNormEps });
    return add(r, multiply(r, z, weightOf(w, `${name}.weight`)), weightOf(w, `${name}.bias`));
  }

  drop(r: Recorder, x: Tensor): Tensor {
    if (!this.#drops) return x;
    const mask = r.input(`mask.${this.masks.length}`, x.shape);
    this.masks.push(mask);
    return multiply(r, x, mask);
  }
}
