import { frameSeconds } from "./frames.ts";

/** How far below the loud parts of a recording sound counts as silence, in decibels. */
const silenceBelow = 25;

/** Sound quieter than this is silence in any recording, in decibels of full scale. */
const leastLevel = -60;

/** Shorter silences belong to speech; shorter sounds between silences to the pause. In frames. */
const shortestPause = 30, shortestSound = 10;

/** How much quieter it must be between two syllables than in both, in decibels. */
const dip = 2;

/** Sound and silence of a recording. */
export interface Pauses {
  /** Below this many decibels of full scale is silence. */
  readonly level: number;
  /** Frames of each pause, the last one included. */
  readonly pauses: readonly { readonly first: number; readonly last: number }[];
}

/**
 * Finds pauses: at least 0.3 s more than 25 dB below the loud parts (the 99th percentile), as in the usual way to count
 * syllables (de Jong and Wempe 2009).
 */
export function findPauses(energy: Float32Array): Pauses {
  const sorted = energy.toSorted(),
    loud = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? -Infinity;
  const level = Math.max(leastLevel, loud - silenceBelow);
  const runs: { sound: boolean; first: number; last: number }[] = [];
  const add = (sound: boolean, first: number, last: number) => {
    const before = runs.at(-1);
    if (before?.sound === sound) before.last = last;
    else runs.push({ sound, first, last });
  };
  for (const [i, value] of energy.entries()) add(value >= level, i, i);
  // First what is too short to be a sound, then what is too short to be a pause.
  for (const [kind, shortest] of [[true, shortestSound], [false, shortestPause]] as const) {
    for (const { sound, first, last } of runs.splice(0)) {
      const short = sound === kind && last - first + 1 < shortest;
      add(short ? !sound : sound, first, last);
    }
  }
  return {
    level,
    pauses: runs.filter(({ sound }) => !sound).map(({ first, last }) => ({ first, last })),
  };
}

/**
 * The frames of syllables: peaks of the energy, smoothed over 50 ms, that are above the level of silence, have a voice,
 * and are parted by dips of 2 dB (de Jong and Wempe 2009).
 */
export function findSyllables(energy: Float32Array, pitch: Float32Array, level: number): number[] {
  const smooth = smoothed(energy), peaks: number[] = [];
  const at = (frame: number) => smooth[frame] as number;
  let lowest = Infinity;
  for (let i = 0; i < smooth.length; i++) {
    const value = at(i), before = peaks.at(-1);
    const peak = value > (smooth[i - 1] ?? -Infinity) && value >= (smooth[i + 1] ?? -Infinity);
    if (peak && value >= level && (pitch[i] as number) > 0) {
      if (before === undefined || lowest <= Math.min(at(before), value) - dip) {
        peaks.push(i);
        lowest = value;
      } else if (value > at(before)) {
        peaks[peaks.length - 1] = i;
        lowest = value;
      }
    }
    lowest = Math.min(lowest, value);
  }
  return peaks;
}

/** The mean of each frame and the two on either side of it. */
function smoothed(energy: Float32Array): Float64Array {
  return Float64Array.from(energy, (_, i) => {
    const some = energy.subarray(Math.max(0, i - 2), i + 3);
    return some.reduce((sum, value) => sum + value, 0) / some.length;
  });
}

/** How long frames last together, in seconds. */
export const lengthOf = (
  { first, last }: { readonly first: number; readonly last: number },
): number => (last - first + 1) * frameSeconds;
