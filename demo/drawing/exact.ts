/**
 * Functions made of additions, multiplications, divisions and square roots alone. IEEE 754 says what
 * these give to the last bit, which it does not of `Math.exp` or `Math.sin`: so a drawing has the same
 * pixels on every machine.
 */

/** Between 0 and 1. */
export function saturate(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/** Between two bounds. */
export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}

/** From `a` at 0 to `b` at 1. */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** A smooth step from 0 at `a` to 1 at `b`, downwards where `b` is the smaller. */
export function step(a: number, b: number, x: number): number {
  const t = saturate((x - a) / (b - a));
  return t * t * (3 - 2 * t);
}

/** `exp(-x²)`, and 0 where that is below 1e-7, a thousandth of what a pixel can show. */
export function bell(x: number): number {
  const squared = x * x;
  return squared > 16 ? 0 : exponential(-squared);
}

/** A blot of some strength: `strength * bell(x) * bell(y)`. Most places are far from it. */
export function blot(strength: number, x: number, y: number): number {
  const across = x * x, down = y * y;
  if (across > 16 || down > 16 || strength === 0) return 0;
  return strength * exponential(-across) * exponential(-down);
}

/** `1 / 2!` to `1 / 7!`. Multiplying is several times as fast as dividing. */
const [e2, e3, e4, e5, e6, e7] = [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040];

/** `e^x` for `x` from -16 to 16, to six digits: a series for `x / 32`, squared five times. */
export function exponential(x: number): number {
  const z = x * 0.03125;
  let y = 1 + z * (1 + z * (e2 + z * (e3 + z * (e4 + z * (e5 + z * (e6 + z * e7))))));
  y *= y;
  y *= y;
  y *= y;
  y *= y;
  return y * y;
}

const ln2 = 0.6931471805599453;
const [l3, l5, l7, l9, l11] = [1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11];

/** The natural logarithm of a number above 0. */
export function logarithm(x: number): number {
  let twos = 0, y = x;
  while (y > 1.4) {
    y *= 0.5;
    twos++;
  }
  while (y < 0.7) {
    y *= 2;
    twos--;
  }
  const z = (y - 1) / (y + 1), q = z * z; // z lies within ±0.177
  const series = 1 + q * (l3 + q * (l5 + q * (l7 + q * (l9 + q * l11))));
  return twos * ln2 + 2 * z * series;
}

/** `x^y` for `x` from 0 on and moderate `y`; 0 where `x` is next to nothing. */
export function power(x: number, y: number): number {
  if (x < 1e-6) return 0;
  const exponent = y * logarithm(x);
  return exponent < -16 ? 0 : exponential(exponent > 16 ? 16 : exponent);
}

const turn = 2 * Math.PI;
const [s3, s5, s7, s9, s11, s13] = [6, 120, 5040, 362880, 39916800, 6227020800].map((n) =>
  1 / n
) as [
  ...[number, number, number, number, number, number],
];

/** The sine: a series, good to nine digits. */
export function sine(x: number): number {
  let y = x - turn * Math.floor(x / turn + 0.5); // within ±π
  if (y > Math.PI / 2) y = Math.PI - y;
  if (y < -Math.PI / 2) y = -Math.PI - y;
  const q = y * y;
  return y * (1 - q * (s3 - q * (s5 - q * (s7 - q * (s9 - q * (s11 - q * s13))))));
}

/** The cosine. */
export function cosine(x: number): number {
  return sine(x + Math.PI / 2);
}
