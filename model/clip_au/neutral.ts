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
  return Float32Array.from(
    features,
    (x, i) => x - (neutral[i % width] ?? NaN) + (usual[i % width] ?? NaN),
  );
}

/** Features as a head expects them: centred, if it was trained so and the person's neutral face is known. */
export function wantedBy(
  { neutral: usual }: Pick<HeadInfo, "neutral">,
  features: Float32Array,
  neutral: NeutralMean | undefined,
): Float32Array {
  return usual && neutral ? centred(features, neutral.mean, usual) : features;
}
