import { joined } from "../../numbers/vectors.ts";
import { frameTime } from "./frames.ts";
import { melBands } from "./mel_bands.ts";
import { findPauses, findSyllables, type Pauses } from "./pauses.ts";
import type { SoundFrames } from "./sound_frames.ts";

/** Frames of which one mean spectrum is kept: a tenth of a second. */
export const framesPerSpectrum = 10;

/** What is kept of a video's sound: some 12 MB for an hour. */
export interface SoundTrack extends Pauses {
  /** When the sound begins in the video, in seconds. */
  readonly start: number;
  /** `[F]`, one every 10 ms: decibels of full scale. */
  readonly energy: Float32Array;
  /** `[F]`: hertz; 0 where there is no voice. */
  readonly pitch: Float32Array;
  /** `[ceil(F / 10), 64]`: the mean of the mel bands' logarithms over a tenth of a second. */
  readonly mel: Float32Array;
  /** Frames with the middle of a syllable. */
  readonly syllables: readonly number[];
}

/**
 * Keeps the tracks of sound and finds its pauses and syllables.
 *
 * @param start When the sound begins in the video, in seconds.
 * @param onFrames Called after each block with the time of its end.
 */
export async function trackSound(
  frames: AsyncIterable<SoundFrames>,
  start = 0,
  onFrames: (seconds: number) => void = () => {},
): Promise<SoundTrack> {
  const energies: Float32Array[] = [], pitches: Float32Array[] = [], spectra: Float32Array[] = [];
  for await (const { first, count, mel, energy, pitch } of frames) {
    energies.push(energy);
    pitches.push(pitch);
    // Blocks are a second, so that none ends within a tenth of one but the last.
    const means = new Float32Array(Math.ceil(count / framesPerSpectrum) * melBands.count);
    for (let i = 0; i < count; i += framesPerSpectrum) {
      const most = Math.min(count, i + framesPerSpectrum);
      means.set(
        meanOfRows(mel.subarray(i * melBands.count, most * melBands.count)),
        i / framesPerSpectrum * melBands.count,
      );
    }
    spectra.push(means);
    onFrames(start + frameTime(first + count - 1));
  }
  const energy = joined(energies), pitch = joined(pitches), pauses = findPauses(energy);
  const syllables = findSyllables(energy, pitch, pauses.level);
  return { start, energy, pitch, mel: joined(spectra), syllables, ...pauses };
}

function meanOfRows(rows: Float32Array): Float32Array {
  const { count } = melBands, number = rows.length / count;
  return Float32Array.from({ length: count }, (_, band) => {
    let sum = 0;
    for (let i = band; i < rows.length; i += count) sum += rows[i] as number;
    return sum / number;
  });
}
