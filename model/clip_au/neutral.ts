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
  const width = usual.length;
  // `Float32Array.from()` would first make a list of all numbers, ten times as large.
  const relative = new Float32Array(features.length);
  for (let i = 0; i < features.length; i++) {
    const x = features[i] ?? NaN;
    relative[i] = x - (neutral[i % width] ?? NaN) + (usual[i % width] ?? NaN);
  }
  return relative;
}

/** Features as a head expects them: centred, if it was trained so and the person's neutral face is known. */
export function wantedBy(
  { neutral: usual }: Pick<HeadInfo, "neutral">,
  features: Float32Array,
  neutral: NeutralMean | undefined,
): Float32Array {
  return usual && neutral ? centred(features, neutral.mean, usual) : features;
}
