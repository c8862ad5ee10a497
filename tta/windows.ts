/** The first frames of a clip's windows, one frame apart; a clip no longer than a window is one. */
export function windowStarts(frames: number, window: number): number[] {
  return Array.from({ length: Math.max(1, frames - window + 1) }, (_, start) => start);
}
