/**
 * What sound features are, written a second time in float64 from their definitions: sums as they stand in the books, no
 * Fourier transform by halves, no running sums, and nothing of `media/sound`.
 */

/** `log(0.01 + band)` of 64 bands of the frame that begins at a sample. */
export function melOf(samples: Float32Array, at: number): number[] {
  const mel = (hertz: number) => 1127 * Math.log1p(hertz / 700);
  const magnitude = Array.from({ length: 257 }, (_, k) => {
    let re = 0, im = 0;
    for (let n = 0; n < 400; n++) {
      const windowed = samples[at + n]! * Math.sin(Math.PI * n / 400) ** 2;
      re += windowed * Math.cos(2 * Math.PI * (k * n % 512) / 512);
      im -= windowed * Math.sin(2 * Math.PI * (k * n % 512) / 512);
    }
    return Math.hypot(re, im);
  });
  // 66 edges of triangles, each from the middle of one neighbour to that of the other.
  const edges = Array.from(
    { length: 66 },
    (_, i) => mel(125) + (mel(7500) - mel(125)) * i / 65,
  );
  return Array.from({ length: 64 }, (_, band) => {
    const [low, middle, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    let sum = 0;
    for (let k = 1; k <= 256; k++) {
      const at = mel(k * 16000 / 512);
      const rising = (at - low) / (middle - low), falling = (high - at) / (high - middle);
      sum += Math.max(0, Math.min(rising, falling)) * magnitude[k]!;
    }
    return Math.log(sum + 0.01);
  });
}

/** Decibels of full scale of the frame that begins at a sample. */
export function energyOf(samples: Float32Array, at: number): number {
  const squares = Array.from(samples.subarray(at, at + 400), (x) => x * x);
  return 10 * Math.log10(squares.reduce((a, b) => a + b, 0) / 400 + 1e-12);
}

/** The pitch of a frame by YIN, and how far another computation in float64 may be from it. */
export function pitchOf(samples: Float32Array, at: number): { hertz: number; tolerance: number } {
  const none = { hertz: 0, tolerance: 0 };
  const from = at - Math.floor((16000 / 65 | 0) + 1 >> 1);
  const x = (i: number) => from + i < 0 ? 0 : samples[from + i] ?? 0;
  let power = 0;
  for (let i = 0; i < 400; i++) power += x(i) ** 2;
  if (power < 400 * 1e-8) return none;
  const difference = Array.from({ length: 248 }, (_, lag) => {
    let sum = 0;
    for (let i = 0; i < 400; i++) sum += (x(i) - x(i + lag)) ** 2;
    return sum;
  });
  const normalised = difference.map((value, lag) => {
    const sum = difference.slice(1, lag + 1).reduce((a, b) => a + b, 0);
    return lag === 0 || sum === 0 ? 1 : value / (sum / lag);
  });
  let lag = normalised.findIndex((value, i) => i >= 32 && i <= 246 && value < 0.15);
  if (lag < 0) return none;
  while (lag < 246 && normalised[lag + 1]! < normalised[lag]!) lag++;
  const [a, b, c] = [normalised[lag - 1]!, normalised[lag]!, normalised[lag + 1]!];
  const bend = a - 2 * b + c, moved = bend > 0 ? (a - c) / (2 * bend) : 0;
  const hertz = 16000 / (lag + Math.max(-0.5, Math.min(0.5, moved)));
  // A difference may be off by 1e-12 of the power, which counts as none; rounding is far less (a correlation by Fourier
  // transforms: some 10 log2(1024) half ulps, 1e-14). It is divided by the mean of those before it, and the lowest point
  // moves by at most twice that over the bend.
  const mean = difference.slice(1, lag + 1).reduce((a, b) => a + b, 0) / lag;
  const off = 1e-12 * power / mean;
  return { hertz, tolerance: hertz * (2 ** -24 + (bend > 0 ? 2 * off / bend / lag : 0)) };
}

/** Pauses as `[first, last]`, found in a text with a letter for each frame. */
export function pausesOf(energy: readonly number[]): (readonly [number, number])[] {
  const sorted = [...energy].sort((a, b) => a - b);
  const level = Math.max(-60, sorted[Math.floor(0.99 * (sorted.length - 1))]! - 25);
  const text = energy.map((value) => value >= level ? "s" : ".").join("")
    .replace(/(?<!s)s{1,9}(?!s)/g, (short) => ".".repeat(short.length))
    .replace(/(?<!\.)\.{1,29}(?!\.)/g, (short) => "s".repeat(short.length));
  return [...text.matchAll(/\.+/g)].map(({ index, 0: run }) => [index, index + run.length - 1]);
}
