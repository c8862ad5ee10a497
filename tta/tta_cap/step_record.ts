import type { ComponentName, ComponentWeight } from "./fuse_embeddings.ts";

/** The cache that a sample went to. */
export type TtaCapAction = "positive" | "negative" | "none";

/** A sample in a cache, without its embedding. */
export interface CachedStep {
  /** Its index in the order of samples. */
  readonly step: number;
  /** Its entropy, which caches are sorted by. */
  readonly entropy: number;
}

/** A decision and everything behind it. */
export interface TtaCapStep {
  /** The number of samples seen before. */
  readonly step: number;
  /** `[C]`: the text head's logits, at the gates' scale. */
  readonly baseLogits: readonly number[];
  /** `[C]`: their softmax. */
  readonly probabilities: readonly number[];
  /** Their entropy in nats, or divided by ln C if the settings say so. */
  readonly entropy: number;
  /** The most likely class. */
  readonly predicted: number;
  /** The least likely class. */
  readonly leastLikely: number;
  /** The majority of the recent predictions. */
  readonly majority: number;
  /** The result of each gate, whether or not the settings name it. */
  readonly gates: {
    readonly temporal: boolean;
    readonly confident: boolean;
    readonly ambiguous: boolean;
    /** Confident or ambiguous. */
    readonly admissible: boolean;
    readonly prototype: boolean;
    /** The margin of the prototype gate alone. */
    readonly margin: boolean;
  };
  /** `[C]` */
  readonly prototypeScores: readonly number[];
  /** Absent where the person has no prototypes. */
  readonly prototypeMargin: number | undefined;
  /** What was retrieved from the prototypes, `[D]`, normalised; zeros if nothing was. */
  readonly source: Float64Array;
  /** The same from the positive cache. */
  readonly positive: Float64Array;
  /** The same from the negative cache. */
  readonly negative: Float64Array;
  /** `[D]`: the fused embedding; absent if logits are fused. */
  readonly fused: Float64Array | undefined;
  /** The weight of each component; absent if logits are fused. */
  readonly weights: Readonly<Partial<Record<ComponentName, ComponentWeight>>> | undefined;
  /** `[C]` each: the caches' votes for classes; absent if embeddings are fused. */
  readonly labelScores:
    | { readonly positive: readonly number[]; readonly negative: readonly number[] }
    | undefined;
  /** `[C]`: the decision. */
  readonly logits: readonly number[];
  /** The cache that the sample went to. */
  readonly action: TtaCapAction;
  /** The positive cache after the step, by class, least entropy first. */
  readonly positiveCache: readonly (readonly CachedStep[])[];
  /** The negative cache after the step. */
  readonly negativeCache: readonly (readonly CachedStep[])[];
}
