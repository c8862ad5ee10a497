/** How frames are drawn from a video. */
export interface Sampling {
  /** Every so many frames one is looked at. */
  readonly stride: number;
  /** Frames of a clip. */
  readonly length: number;
}

/** How many frames of a video are looked at. */
export function sampledFrames(frames: number, { stride }: Pick<Sampling, "stride">): number {
  return Math.ceil(frames / stride);
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
