import { medianOf } from "../../numbers/vectors.ts";

/** The share of a window's frames that may be missing, since no face was seen in them. */
const mostMissing = 0.25;

/**
 * The first frame of each window of a clip. Windows are one frame apart; a clip no longer than a window
 * is one. With times, a window must not run over a gap: it spans no more time than as many frames in a
 * row with a quarter of them missing. Where no window does, the one that spans the least is the only one.
 *
 * @param frames The number of frames that have features.
 * @param window The number of frames of a window.
 * @param seconds The times of the frames.
 */
export function windowStarts(
  frames: number,
  window: number,
  seconds?: readonly number[],
): readonly number[] {
  const all = Array.from({ length: Math.max(1, frames - window + 1) }, (_, start) => start);
  if (!seconds || all.length === 1) return all;
  const span = (start: number) => (seconds[start + window - 1] ?? NaN) - (seconds[start] ?? NaN);
  const steps = seconds.slice(1).map((time, i) => time - (seconds[i] ?? NaN));
  const step = medianOf(steps);
  const most = (window - 1) * step / (1 - mostMissing);
  const whole = all.filter((start) => !(span(start) > most));
  if (whole.length > 0) return whole;
  return [all.reduce((best, start) => span(start) < span(best) ? start : best)];
}
