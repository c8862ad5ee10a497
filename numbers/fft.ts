/**
 * The discrete Fourier transform of complex sequences of one length, a power of two, in float64 and in place: decimation
 * in time, whose error grows with the logarithm of the length only.
 */
export class Fft {
  /** How many numbers a sequence has. */
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  /** For each place, the one with its bits in the opposite order. */
  readonly #mirrored: Uint32Array;

  /** A transform of sequences of `size` numbers. */
  constructor(size: number) {
    if (!(Number.isInteger(size) && size >= 2 && (size & (size - 1)) === 0 && size <= 2 ** 24)) {
      throw new RangeError(
        `Cannot transform ${size} numbers: wanted a power of two from 2 to 2^24`,
      );
    }
    this.size = size;
    const angles = Float64Array.from({ length: size / 2 }, (_, i) => -2 * Math.PI * i / size);
    this.#cos = angles.map(Math.cos);
    this.#sin = angles.map(Math.sin);
    this.#mirrored = new Uint32Array(size);
    for (let i = 1; i < size; i++) {
      this.#mirrored[i] = (this.#mirrored[i >> 1] as number) >> 1 | (i & 1 ? size >> 1 : 0);
    }
  }

  /** Replaces a sequence by its transform: `X[k] = Σ x[n] exp(-2πi kn/size)`. */
  forward(real: Float64Array, imaginary: Float64Array): void {
    const { size } = this, cos = this.#cos, sin = this.#sin, mirrored = this.#mirrored;
    for (let i = 0; i < size; i++) {
      const j = mirrored[i] as number;
      if (i >= j) continue;
      const re = real[i] as number, im = imaginary[i] as number;
      real[i] = real[j] as number;
      imaginary[i] = imaginary[j] as number;
      real[j] = re;
      imaginary[j] = im;
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let block = 0; block < size; block += 2 * half) {
        for (let i = 0, turn = 0; i < half; i++, turn += stride) {
          const a = block + i, b = a + half;
          const c = cos[turn] as number, s = sin[turn] as number;
          const br = real[b] as number, bi = imaginary[b] as number;
          const re = br * c - bi * s, im = br * s + bi * c;
          real[b] = (real[a] as number) - re;
          imaginary[b] = (imaginary[a] as number) - im;
          real[a] = (real[a] as number) + re;
          imaginary[a] = (imaginary[a] as number) + im;
        }
      }
    }
  }
}
