/**
 * The windows that models of long sequences read, as `[first, last]`: they begin every `hop` frames while they fit, and one
 * more ends with the last frame if any is left. A clip that is shorter than the window is one of its own.
 */
export function frameWindows(
  length: number,
  window: number,
  hop: number,
): (readonly [first: number, last: number])[] {
  if (length <= window) return length > 0 ? [[0, length - 1]] : [];
  const starts = Array.from({ length: Math.floor((length - window) / hop) + 1 }, (_, i) => i * hop);
  if ((starts.at(-1) ?? 0) + window < length) starts.push(length - window);
  return starts.map((start) => [start, start + window - 1]);
}

/**
 * Frames `[T, width]`, made as many as the window by repeating the last one. The authors of BAH pad labels alike, and count
 * what is padded in their figures.
 */
export function padFrames<Numbers extends Float32Array | Int32Array>(
  frames: Numbers,
  width: number,
  window: number,
): Numbers {
  const missing = window - frames.length / width;
  if (missing <= 0 || frames.length === 0) return frames;
  const padded = new (frames.constructor as new (length: number) => Numbers)(window * width);
  padded.set(frames);
  const last = frames.subarray(frames.length - width);
  for (let at = frames.length; at < padded.length; at += width) padded.set(last, at);
  return padded;
}

/**
 * Which of `count` things, in order, belongs to each of so many frames where no times are known: frames are cut into equal
 * blocks, of which the first are one longer where they don't divide. Of more things than frames, the last are dropped.
 */
export function spreadEvenly(count: number, frames: number): number[] {
  if (count === 0) return [];
  const least = Math.floor(frames / count), longer = frames % count;
  return Array.from({ length: count }, (_, i) => Array(least + (i < longer ? 1 : 0)).fill(i))
    .flat();
}

/**
 * What windows say of each frame, `[T, width]`, as one: their sums where they overlap, divided by how many
 * there are. `numbers` has the frames `[first..last, width]` of each window.
 */
export function stitchWindows(
  windows: readonly (readonly [first: number, last: number])[],
  numbers: readonly ArrayLike<number>[],
  width: number,
): Float32Array<ArrayBuffer> {
  const length = windows.reduce((most, [, last]) => Math.max(most, last + 1), 0);
  const sums = new Float32Array(length * width), counts = new Float32Array(length);
  for (const [i, [first, last]] of windows.entries()) {
    const own = numbers[i] as ArrayLike<number>;
    for (let frame = first; frame <= last; frame++) {
      counts[frame] = (counts[frame] as number) + 1;
      for (let c = 0; c < width; c++) {
        const at = frame * width + c;
        sums[at] = (sums[at] as number) + (own[at - first * width] as number);
      }
    }
  }
  return sums.map((sum, at) => sum / (counts[Math.floor(at / width)] as number));
}
