import { Rng } from "../numbers/rng.ts";

const rate = 16_000;

/** Sound of 16 kHz whose samples are a function of the time in seconds. */
export function sound(seconds: number, at: (time: number) => number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => at(i / rate));
}

/** Noise with all frequencies alike, from -level to level. */
export function noise(seconds: number, level: number, seed = 1): Float32Array {
  const rng = new Rng(seed);
  return sound(seconds, () => level * (2 * rng.uniform() - 1));
}

/** A tone that rises evenly from one pitch to another. */
export function chirp(seconds: number, from: number, to: number, level = 0.4): Float32Array {
  return sound(
    seconds,
    (t) => level * Math.sin(2 * Math.PI * (from * t + (to - from) * t * t / (2 * seconds))),
  );
}

/** When made-up speech begins and ends, and at how many syllables a second it has which pitch. */
export interface Saying {
  readonly from: number;
  readonly to: number;
  readonly syllables: number;
  readonly hertz: number;
}

/**
 * A voice: twelve harmonics whose strengths have the peaks of a vowel, swelling and fading with each syllable, with a
 * breath of noise under it.
 */
export function voice(seconds: number, sayings: readonly Saying[]): Float32Array {
  const breath = noise(seconds, 1e-4, 7);
  const strength = (hertz: number) =>
    1 / (1 + ((hertz - 600) / 150) ** 2) + 0.5 / (1 + ((hertz - 1100) / 200) ** 2) + 0.05;
  return sound(seconds, (t) => {
    const said = sayings.find(({ from, to }) => t >= from && t < to);
    if (!said) return breath[Math.round(t * rate)]!;
    const length = (said.to - said.from) / said.syllables;
    const phase = (t - said.from) / length % 1, swell = Math.sin(Math.PI * phase) ** 2;
    let sum = 0;
    for (let k = 1; k <= 12; k++) {
      sum += strength(k * said.hertz) * Math.sin(2 * Math.PI * k * said.hertz * t);
    }
    return 0.1 * (0.05 + swell) * sum + breath[Math.round(t * rate)]!;
  });
}
