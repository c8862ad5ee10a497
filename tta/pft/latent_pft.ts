import type { ClipName } from "../../model/clip/clip.ts";
import { meanOf, softmax, unitRows } from "../../numbers/vectors.ts";
import type { Probes } from "./collapse_guard.ts";
import { type ClassifierWeights, FrozenClassifier } from "./frozen_classifier.ts";
import { translate, type TranslatorWeights } from "./translator.ts";

/** How features become rows of numbers around 0 with a spread of 1, as they are among the sources. */
export interface Standard {
  /** `[d]`: the sources' mean. */
  readonly mean: Float64Array<ArrayBuffer>;
  /** `[d]`: their standard deviation. */
  readonly deviation: Float64Array<ArrayBuffer>;
}

/** A latent PFT: what was learnt of source people, and of one person if it is adapted. */
export interface LatentPft {
  /** Their names, the neutral one first. */
  readonly classes: readonly string[];
  /** The CLIP whose features it takes. */
  readonly clip: ClipName;
  /** How rows are standardised. */
  readonly standard: Standard;
  /** The frozen classifier behind the translator. */
  readonly classifier: ClassifierWeights;
  /** The translator. */
  readonly translator: TranslatorWeights;
  /** How much of the translator's answer is added; 0 where adapting was refused. */
  readonly scale: number;
  /** Rows of the sources with their classes, for the guard against collapse; none in a person's file. */
  readonly probes?: Probes | undefined;
}

/** Frames whose mean is one row. A person's few resting clips give several rows, a variance some sense. */
const framesOfRow = 5;

/** Features `[T, d]` as rows: the means of so many frames, each at unit length; of fewer, of all. */
export function rowsOfClip(features: Float32Array, width: number): Float64Array<ArrayBuffer>[] {
  const frames = unitRows(features, width);
  const count = Math.max(1, Math.floor(frames.length / framesOfRow));
  return Array.from({ length: count }, (_, row) => {
    const last = row === count - 1 ? frames.length : (row + 1) * framesOfRow;
    return meanOf(frames.slice(row * framesOfRow, last));
  });
}

/** Learns from rows how to standardise them. A dimension that never changes keeps a spread of 1. */
export function standardOf(rows: readonly Float64Array[]): Standard {
  const mean = meanOf(rows), deviation = new Float64Array(mean.length);
  for (const row of rows) {
    for (let d = 0; d < mean.length; d++) {
      deviation[d] = (deviation[d] as number) +
        ((row[d] as number) - (mean[d] as number)) ** 2 / Math.max(1, rows.length - 1);
    }
  }
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance) || 1) };
}

/** Rows as one matrix `[N, d]`, standardised. */
export function standardised(
  rows: readonly Float64Array[],
  { mean, deviation }: Standard,
): Float64Array<ArrayBuffer> {
  const width = mean.length, matrix = new Float64Array(rows.length * width);
  for (const [n, row] of rows.entries()) {
    for (let d = 0; d < width; d++) {
      matrix[n * width + d] = ((row[d] as number) - (mean[d] as number)) /
        (deviation[d] as number);
    }
  }
  return matrix;
}

/** Decides on clips. */
export class LatentPftDecider {
  readonly #pft: LatentPft;
  readonly #classifier: FrozenClassifier;

  constructor(pft: LatentPft) {
    [this.#pft, this.#classifier] = [pft, new FrozenClassifier(pft.classifier)];
  }

  /** `[C]`: probabilities of a clip's features `[T, d]`, by the mean of its rows' logits. */
  decide(features: Float32Array, scale: number = this.#pft.scale): number[] {
    const { standard, translator } = this.#pft, { classes, width } = this.#classifier;
    const rows = standardised(rowsOfClip(features, width), standard);
    const logits = this.#classifier.logits(translate(translator, rows, scale).features);
    const mean = meanOf(
      Array.from(
        { length: logits.length / classes },
        (_, n) => logits.subarray(n * classes, (n + 1) * classes),
      ),
    );
    return softmax(mean);
  }
}
