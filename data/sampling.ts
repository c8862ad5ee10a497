/** The frames of a video that are looked at: every so many one, from the first on. */
export function lookedAt<T>(frames: readonly T[], stride: number): T[] {
  return frames.filter((_, i) => i % stride === 0);
}

/**
 * The clip that begins at a frame, as places among those that are looked at. Where the video ends, it
 * goes on once from the beginning; what still lacks repeats the last one. So a clip has always its
 * length.
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

/** So many from the middle, or all where there are no more: the same ones each time. */
export function middleOf<T>(frames: readonly T[], count: number): T[] {
  const start = Math.max(0, (frames.length - count) >> 1);
  return frames.slice(start, start + count);
}

/** The clip of so many frames out of features `[T, width]`; where it begins is told by how many there are. */
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

/** Clips one after the other. */
export function joined(clips: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const size = clips[0]?.length ?? 0, all = new Float32Array(clips.length * size);
  for (const [i, clip] of clips.entries()) all.set(clip, i * size);
  return all;
}
