import { framesOf } from "../../numbers/vectors.ts";
import type { HeadInfo } from "./head_file.ts";

/** A person's neutral face: the mean features of frames without expression. */
export interface NeutralMean {
  /** `[d]` */
  readonly mean: Float32Array<ArrayBuffer>;
  /** The number of frames. */
  readonly frames: number;
}

/** The mean over all frames of neutral clips `[T, d]`. */
export function neutralMean(clips: readonly Float32Array[], width: number): NeutralMean {
  const sum = new Float64Array(width);
  let frames = 0;
  for (const clip of clips) {
    frames += framesOf(clip, width);
    for (const [i, x] of clip.entries()) sum[i % width] = (sum[i % width] ?? NaN) + x;
  }
  if (frames === 0) throw new TypeError("Cannot take the mean of no neutral frames: give some");
  return { mean: Float32Array.from(sum, (x) => x / frames), frames };
}

/**
 * Replaces the person's neutral face in features by the average one. What remains is how the face differs
 * from its resting state, which varies less from person to person than faces do.
 */
export function centred(
  features: Float32Array,
  neutral: Float32Array,
  usual: Float32Array,
): Float32Array<ArrayBuffer> {
  const relative = new Float32Array(features);
  centre(relative, { own: neutral, usual });
  return relative;
}

/** What features are made relative to. */
export interface Rest {
  /** `[d]`: the person's neutral face. */
  readonly own: Float32Array;
  /** `[d]`: the average one, which takes its place. */
  readonly usual: Float32Array;
}

/** The same as `centred()`, in the features' memory. */
export function centre(features: Float32Array, { own, usual }: Rest): void {
  const width = usual.length;
  for (let begin = 0; begin < features.length; begin += width) {
    for (let d = 0; d < width; d++) {
      features[begin + d] = (features[begin + d] ?? NaN) - (own[d] ?? NaN) + (usual[d] ?? NaN);
    }
  }
}

/** Features as a head expects them: centred, if it was trained so and the person's neutral face is known. */
export function wantedBy(
  { neutral: usual }: Pick<HeadInfo, "neutral">,
  features: Float32Array,
  neutral: NeutralMean | undefined,
): Float32Array {
  return usual && neutral ? centred(features, neutral.mean, usual) : features;
}
