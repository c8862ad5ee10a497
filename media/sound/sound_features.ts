import { frameSeconds } from "./frames.ts";
import { melBands } from "./mel_bands.ts";
import { framesPerSpectrum, type SoundTrack } from "./sound_track.ts";

const bands = Array.from({ length: melBands.count }, (_, band) => band);

/** What each number of `soundFeatures()` is. */
export const soundFeatureNames: readonly string[] = [
  ...bands.map((band) => `mel ${band} mean`),
  ...bands.map((band) => `mel ${band} deviation`),
  ...["energy mean, 10 dB", "energy deviation, 10 dB"],
  ...["voiced share", "pitch mean, octaves over 100 Hz", "pitch deviation, octaves"],
  ...["pause share", "pauses per second", "syllables per second"],
];

/**
 * How a part of a video sounds, as `soundFeatureNames` says; undefined if it has no sound then. Deviations are standard
 * ones. Where there is no voice, its pitch is 0, and so is its share.
 *
 * @param from In seconds of the video.
 * @param to The end of the sound if left out.
 */
export function soundFeatures(
  track: SoundTrack,
  from: number,
  to = Infinity,
): Float32Array | undefined {
  const { start, energy, pitch, mel, pauses, syllables } = track, { count } = melBands;
  const frameAt = (seconds: number) =>
    Math.max(0, Math.min(energy.length, Math.round((seconds - start) / frameSeconds)));
  const first = frameAt(from), end = frameAt(to);
  if (end <= first) return undefined;
  const seconds = (end - first) * frameSeconds;
  const rows = mel.subarray(
    Math.floor(first / framesPerSpectrum) * count,
    Math.ceil(end / framesPerSpectrum) * count,
  );
  const spectrum = bands.map((band) =>
    spread(
      Float32Array.from(
        { length: rows.length / count },
        (_, i) => rows[i * count + band] as number,
      ),
    )
  );
  const loudness = spread(energy.subarray(first, end));
  const voiced = pitch.subarray(first, end).filter((hertz) => hertz > 0);
  const height = spread(voiced.map((hertz) => Math.log2(hertz / 100)));
  const within = pauses.map((pause) => Math.min(end, pause.last + 1) - Math.max(first, pause.first))
    .filter((frames) => frames > 0);
  return Float32Array.from([
    ...spectrum.map(({ mean }) => mean),
    ...spectrum.map(({ deviation }) => deviation),
    ...[loudness.mean / 10, loudness.deviation / 10],
    ...[voiced.length / (end - first), height.mean, height.deviation],
    within.reduce((sum, frames) => sum + frames, 0) / (end - first),
    within.length / seconds,
    syllables.filter((frame) => frame >= first && frame < end).length / seconds,
  ]);
}

/** The mean and standard deviation of numbers; 0 of none. */
function spread(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
