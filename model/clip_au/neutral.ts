import { framesOf } from "../../numbers/vectors.ts";
import type { HeadInfo } from "./head_file.ts";

/** What a face looks like without any expression: the mean of features, and of how many frames. */
export interface NeutralMean {
  /** `[d]` */
  readonly mean: Float32Array<ArrayBuffer>;
  /** How many frames it is of. */
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
 * Features as they would be if the person's neutral face were the usual one: what is left is how the
 * face differs from itself, which is more alike from person to person than faces are.
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

/** Features as a head wants them: centred, where it asks for that and the person is known. */
export function wantedBy(
  { neutral: usual }: Pick<HeadInfo, "neutral">,
  features: Float32Array,
  neutral: NeutralMean | undefined,
): Float32Array {
  return usual && neutral ? centred(features, neutral.mean, usual) : features;
}
