import { frameSeconds } from "./frames.ts";
import { melBands } from "./mel_bands.ts";
import { framesPerSpectrum, type SoundTrack } from "./sound_track.ts";

const bands = Array.from({ length: melBands.count }, (_, band) => band);

/** What each number of `prosodyOf()` is. */
export const prosodyNames: readonly string[] = [
  ...["energy mean, 10 dB", "energy deviation, 10 dB"],
  ...["voiced share", "pitch mean, octaves over 100 Hz", "pitch deviation, octaves"],
  ...["pause share", "pauses per second", "syllables per second"],
];

/** What each number of `soundFeatures()` is. */
export const soundFeatureNames: readonly string[] = [
  ...bands.map((band) => `mel ${band} mean`),
  ...bands.map((band) => `mel ${band} deviation`),
  ...prosodyNames,
];

/** The frames of a part of a video, the last one excluded; undefined if it has no sound then. */
function framesWithin({ start, energy }: SoundTrack, from: number, to: number) {
  const frameAt = (seconds: number) =>
    Math.max(0, Math.min(energy.length, Math.round((seconds - start) / frameSeconds)));
  const first = frameAt(from), end = frameAt(to);
  return end > first ? { first, end } : undefined;
}

/**
 * How the voice is in a part of a video, as `prosodyNames` says; undefined if it has no sound then. Deviations are
 * standard ones. Where there is no voice, its pitch is 0, and so is its share.
 *
 * @param from In seconds of the video.
 * @param to The end of the sound if left out.
 */
export function prosodyOf(
  track: SoundTrack,
  from: number,
  to = Infinity,
): Float32Array | undefined {
  const { energy, pitch, pauses, syllables } = track, within = framesWithin(track, from, to);
  if (!within) return undefined;
  const { first, end } = within, seconds = (end - first) * frameSeconds;
  const loudness = spread(energy.subarray(first, end));
  const voiced = pitch.subarray(first, end).filter((hertz) => hertz > 0);
  const height = spread(voiced.map((hertz) => Math.log2(hertz / 100)));
  const silences = pauses.map((pause) =>
    Math.min(end, pause.last + 1) - Math.max(first, pause.first)
  )
    .filter((frames) => frames > 0);
  return Float32Array.of(
    ...[loudness.mean / 10, loudness.deviation / 10],
    ...[voiced.length / (end - first), height.mean, height.deviation],
    silences.reduce((sum, frames) => sum + frames, 0) / (end - first),
    silences.length / seconds,
    syllables.filter((frame) => frame >= first && frame < end).length / seconds,
  );
}

/**
 * How a part of a video sounds, as `soundFeatureNames` says: its spectrum, whose deviations are those of tenths of a
 * second, and its prosody. Undefined if it has no sound then.
 *
 * @param from In seconds of the video.
 * @param to The end of the sound if left out.
 */
export function soundFeatures(
  track: SoundTrack,
  from: number,
  to = Infinity,
): Float32Array | undefined {
  const { mel } = track, { count } = melBands, within = framesWithin(track, from, to);
  const prosody = prosodyOf(track, from, to);
  if (!within || !prosody) return undefined;
  const rows = mel.subarray(
    Math.floor(within.first / framesPerSpectrum) * count,
    Math.ceil(within.end / framesPerSpectrum) * count,
  );
  const column = (band: number) =>
    Float32Array.from({ length: rows.length / count }, (_, i) => rows[i * count + band] as number);
  const spectrum = bands.map((band) => spread(column(band)));
  return Float32Array.of(
    ...spectrum.map(({ mean }) => mean),
    ...spectrum.map(({ deviation }) => deviation),
    ...prosody,
  );
}

/** The mean and standard deviation of numbers; 0 of none. */
function spread(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
