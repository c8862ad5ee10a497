/** Cuts frames into parts; a last part that is too short also takes frames of the one before. */
export function cutFrames<T>(
  frames: readonly T[],
  { most, least }: { readonly most: number; readonly least: number },
): T[][] {
  return Array.from({ length: Math.ceil(frames.length / most) }, (_, part) => {
    const from = part * most, to = Math.min(from + most, frames.length);
    return frames.slice(Math.max(0, part === 0 ? from : Math.min(from, to - least)), to);
  });
}

/** The frames of a video that are used: every `stride`-th, from the first on. */
export function lookedAt<T>(frames: readonly T[], stride: number): T[] {
  return frames.filter((_, i) => i % stride === 0);
}

/**
 * The indices of a clip that starts at a frame. Where the video ends, the clip continues from the
 * video's first frame, once; after that its last frame is repeated. So each clip has its full length.
 */
export function sampleClip(sampled: number, length: number, start: number): number[] {
  if (!(Number.isInteger(start) && start >= 0 && start < sampled)) {
    throw new RangeError(`Cannot begin a clip at ${start}: wanted 0 to ${sampled - 1}`);
  }
  const numbers = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const clip = [
    ...numbers(start, Math.min(start + length, sampled)),
    ...numbers(0, Math.min(start + length - sampled, sampled)),
  ];
  const last = clip.at(-1) ?? 0;
  return [...clip, ...new Array<number>(length - clip.length).fill(last)];
}

/** `count` items from the middle, or all if there are no more. */
export function middleOf<T>(frames: readonly T[], count: number): T[] {
  const start = Math.max(0, (frames.length - count) >> 1);
  return frames.slice(start, start + count);
}

/** `count` rows from the middle of features `[T, width]`, or all if there are no more. */
export function middleRows(features: Float32Array, width: number, count: number): Float32Array {
  const first = Math.max(0, (features.length / width - count) >> 1);
  return features.subarray(first * width, (first + count) * width);
}

/** A clip of `length` frames out of features `[T, width]`; `begin` chooses its start from their number. */
export function cutClip(
  features: Float32Array,
  width: number,
  length: number,
  begin: (frames: number) => number,
): Float32Array {
  const frames = features.length / width, picked = new Float32Array(length * width);
  for (const [i, frame] of sampleClip(frames, length, begin(frames)).entries()) {
    picked.set(features.subarray(frame * width, (frame + 1) * width), i * width);
  }
  return picked;
}
