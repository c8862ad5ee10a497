import { Fft } from "../../numbers/fft.ts";
import { frameLength, sampleRate } from "./frames.ts";

/** Which pitches are looked for, in hertz, and up to which aperiodicity a frame has one. */
export const pitchRange = { lowest: 65, highest: 500, threshold: 0.15 } as const;

/** The longest and the shortest period, in samples. */
export const longestPeriod = Math.floor(sampleRate / pitchRange.lowest);
const shortestPeriod = Math.floor(sampleRate / pitchRange.highest);

/** How many samples are looked at: a frame, and the same moved by any period; one more for the interpolation. */
export const pitchLength = frameLength + longestPeriod + 1;

/** Sound quieter than this has no pitch: -80 dB of full scale. */
const leastPower = 1e-8;

/** A difference of so small a part of the power is rounding: sound that does not change has no period. */
const rounding = 1e-12;

/**
 * Finds the pitch of voices by YIN (de Cheveigné and Kawahara 2002): the first dip of the cumulative mean normalised
 * difference below 0.15, to a fraction of a sample by a parabola. The differences come from one Fourier transform each
 * way, in float64.
 */
export class Pitch {
  readonly #fft = new Fft(1024);
  readonly #real = new Float64Array(1024);
  readonly #imaginary = new Float64Array(1024);
  readonly #difference = new Float64Array(longestPeriod + 2);

  /** The pitch of `pitchLength` samples in hertz; 0 if they have none. */
  of(samples: Float32Array): number {
    if (!this.#takeDifferences(samples)) return 0;
    const d = this.#difference, { threshold } = pitchRange;
    for (let lag = shortestPeriod; lag <= longestPeriod; lag++) {
      if ((d[lag] as number) >= threshold) continue;
      while (lag < longestPeriod && (d[lag + 1] as number) < (d[lag] as number)) lag++;
      return sampleRate / (lag + lowestBetween(d[lag - 1], d[lag] as number, d[lag + 1]));
    }
    return 0;
  }

  /** Computes the normalised differences; false if it is too quiet for any. */
  #takeDifferences(samples: Float32Array): boolean {
    const { size } = this.#fft, real = this.#real.fill(0), imaginary = this.#imaginary.fill(0);
    let power = 0;
    for (let i = 0; i < frameLength; i++) {
      real[i] = samples[i] as number;
      power += (samples[i] as number) ** 2;
    }
    if (power < leastPower * frameLength) return false;
    imaginary.set(samples.subarray(0, pitchLength));
    // The frame as real part and all samples as imaginary part: one transform gives both, A and B.
    this.#fft.forward(real, imaginary);
    for (let i = 0; i <= size / 2; i++) {
      const j = (size - i) % size;
      const p = real[i] as number, q = imaginary[i] as number;
      const r = real[j] as number, s = imaginary[j] as number;
      const ar = (p + r) / 2, ai = (q - s) / 2, br = (q + s) / 2, bi = (r - p) / 2;
      // conj(A) B is the transform of the correlation; its conjugate, transformed again, is `size` times it.
      const re = ar * br + ai * bi, im = ar * bi - ai * br;
      real[i] = re;
      imaginary[i] = -im;
      real[j] = re;
      imaginary[j] = im;
    }
    this.#fft.forward(real, imaginary);
    const d = this.#difference;
    let moved = power, sum = 0;
    d[0] = 1;
    for (let lag = 1; lag < d.length; lag++) {
      moved += (samples[lag + frameLength - 1] as number) ** 2 - (samples[lag - 1] as number) ** 2;
      const found = power + moved - 2 * (real[lag] as number) / size;
      const difference = found < rounding * power ? 0 : found;
      sum += difference;
      d[lag] = sum === 0 ? 1 : difference * lag / sum;
    }
    return true;
  }
}

/** How far the lowest point of the parabola through three points is from the middle one. */
function lowestBetween(before: number | undefined, at: number, after: number | undefined): number {
  const left = (before ?? at) - at, right = (after ?? at) - at, bend = left + right;
  return bend > 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
}
