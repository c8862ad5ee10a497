import { Fft } from "../../numbers/fft.ts";
import { frameLength, sampleRate } from "./frames.ts";

/** The bands of VGGish: 64 from 125 to 7500 Hz, of equal width on the mel scale. */
export const melBands = { count: 64, lowest: 125, highest: 7500 } as const;

/** Added before the logarithm, so that silence has one. */
export const logOffset = 0.01;

const size = 512, bins = size / 2 + 1;

const melOf = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** The share that a band takes of each bin: a triangle on the mel scale. */
interface Band {
  readonly first: number;
  readonly shares: Float64Array;
}

function makeBands(): Band[] {
  const { count, lowest, highest } = melBands;
  const low = melOf(lowest), step = (melOf(highest) - low) / (count + 1);
  const mels = Array.from({ length: bins }, (_, i) => melOf(i * sampleRate / size));
  return Array.from({ length: count }, (_, band) => {
    const middle = low + (band + 1) * step;
    const share = mels.map((mel, i) =>
      i === 0 ? 0 : Math.max(0, 1 - Math.abs(mel - middle) / step)
    );
    const first = Math.max(0, share.findIndex((value) => value > 0));
    const last = share.findLastIndex((value) => value > 0);
    return { first, shares: Float64Array.from(share.slice(first, last + 1)) };
  });
}

/** Computes a frame's spectrum in mel bands, as VGGish takes it. */
export class MelSpectrum {
  readonly #fft = new Fft(size);
  readonly #real = new Float64Array(size);
  readonly #imaginary = new Float64Array(size);
  readonly #bands = makeBands();
  /** Hann's window, periodic. */
  readonly #window = Float64Array.from(
    { length: frameLength },
    (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / frameLength),
  );

  /** Writes `log(0.01 + band)` of 64 bands; a band adds up magnitudes, not their squares. */
  write(frame: Float32Array, into: Float32Array): void {
    const real = this.#real.fill(0), imaginary = this.#imaginary.fill(0);
    for (let i = 0; i < frameLength; i++) {
      real[i] = (frame[i] as number) * (this.#window[i] as number);
    }
    this.#fft.forward(real, imaginary);
    for (let i = 0; i < bins; i++) {
      real[i] = Math.sqrt((real[i] as number) ** 2 + (imaginary[i] as number) ** 2);
    }
    for (const [band, { first, shares }] of this.#bands.entries()) {
      let sum = 0;
      for (let i = 0; i < shares.length; i++) {
        sum += (shares[i] as number) * (real[first + i] as number);
      }
      into[band] = Math.log(sum + logOffset);
    }
  }
}
