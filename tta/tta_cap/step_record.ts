import type { ComponentName, ComponentWeight } from "./fuse_embeddings.ts";

/** What became of a sample. */
export type TtaCapAction = "positive" | "negative" | "none";

/** A sample in a cache, without its embedding. */
export interface CachedStep {
  /** Its place in the order of samples. */
  readonly step: number;
  /** What it is sorted by. */
  readonly entropy: number;
}

/** Everything that a decision went by. */
export interface TtaCapStep {
  /** How many samples were seen before it. */
  readonly step: number;
  /** `[C]`: the text head's logits, with the scale of the gates. */
  readonly baseLogits: readonly number[];
  /** `[C]`: their softmax. */
  readonly probabilities: readonly number[];
  /** Of these; in nats, unless the settings divide it by ln C. */
  readonly entropy: number;
  /** The likeliest class of these. */
  readonly predicted: number;
  /** The least likely one. */
  readonly leastLikely: number;
  /** What most of the last predictions are. */
  readonly majority: number;
  /** Each by itself, whether or not the settings ask for it. */
  readonly gates: {
    readonly temporal: boolean;
    readonly confident: boolean;
    readonly ambiguous: boolean;
    /** Confident or ambiguous. */
    readonly admissible: boolean;
    readonly prototype: boolean;
    /** The prototype gate without the question which class is best. */
    readonly margin: boolean;
  };
  /** `[C]` */
  readonly prototypeScores: readonly number[];
  /** Absent where the person has no prototypes. */
  readonly prototypeMargin: number | undefined;
  /** What was retrieved, `[D]` each, at unit length; zeros where there was nothing. */
  readonly source: Float64Array;
  /** Out of the confident samples. */
  readonly positive: Float64Array;
  /** Out of the ambiguous ones. */
  readonly negative: Float64Array;
  /** `[D]`; absent where logits are fused. */
  readonly fused: Float64Array | undefined;
  /** How much each component counted; absent where logits are fused. */
  readonly weights: Readonly<Partial<Record<ComponentName, ComponentWeight>>> | undefined;
  /** `[C]` each: what the caches say of classes; absent where embeddings are fused. */
  readonly labelScores:
    | { readonly positive: readonly number[]; readonly negative: readonly number[] }
    | undefined;
  /** `[C]`: the decision. */
  readonly logits: readonly number[];
  /** What became of the sample. */
  readonly action: TtaCapAction;
  /** After the step, by class, those of the least entropy first. */
  readonly positiveCache: readonly (readonly CachedStep[])[];
  /** The ambiguous ones, likewise. */
  readonly negativeCache: readonly (readonly CachedStep[])[];
}
