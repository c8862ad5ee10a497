import type { KnownClip } from "./clip_batch.ts";

/** The mean and the deviation of each number about the voice: voices are measured against these. */
export interface VoiceScale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** The scale of the voices of clips; undefined where no clip has sound. */
export function voiceScale(clips: readonly KnownClip[]): VoiceScale | undefined {
  const voices = clips.flatMap(({ audio }) => audio ? [Array.from(audio)] : []);
  const [first] = voices;
  if (!first) return undefined;
  const mean = first.map((_, i) => voices.reduce((sum, v) => sum + (v[i] ?? 0), 0) / voices.length);
  const deviation = first.map((_, i) =>
    Math.sqrt(
      voices.reduce((sum, v) => sum + ((v[i] ?? 0) - (mean[i] ?? 0)) ** 2, 0) / voices.length,
    ) || 1
  );
  return { mean, deviation };
}

/** A clip with its voice on the scale. */
export function onScale(clip: KnownClip, scale: VoiceScale | undefined): KnownClip {
  if (!clip.audio || !scale) return clip;
  const audio = Array.from(
    clip.audio,
    (x, i) => (x - (scale.mean[i] ?? 0)) / (scale.deviation[i] ?? 1),
  );
  return { ...clip, audio };
}
