/** The mean and the standard deviation of each number of a frame. */
export interface FrameScale {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * The scale of the frames `[T, width]` of all videos together. As the authors of BAH compute it, the deviation divides by
 * one less than there are frames.
 */
export function frameScale(videos: readonly ArrayLike<number>[], width: number): FrameScale {
  const frames = videos.reduce((sum, { length }) => sum + length / width, 0);
  if (frames < 2) throw new RangeError(`Cannot scale ${frames} frames: wanted 2 at least`);
  const over = (of: (value: number, column: number) => number) => {
    const sum = new Float64Array(width);
    for (const video of videos) {
      for (let i = 0; i < video.length; i++) {
        const column = i % width;
        sum[column] = (sum[column] as number) + of(video[i] as number, column);
      }
    }
    return sum;
  };
  const mean = over((value) => value).map((sum) => sum / frames);
  const squares = over((value, column) => (value - (mean[column] as number)) ** 2);
  return { mean, deviation: squares.map((sum) => Math.sqrt(sum / (frames - 1))) };
}
