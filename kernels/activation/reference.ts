import type { Activation } from "./activations.ts";

/** One activation function in float64. */
export function activate(name: Activation | "none", x: number): number {
  switch (name) {
    case "none":
      return x;
    case "relu":
      return x < 0 ? 0 : x;
    case "quick_gelu":
      return x / (1 + Math.exp(-1.702 * x));
    case "gelu":
      return x === -Infinity ? 0 : 0.5 * x * erfc(-x / Math.SQRT2);
    case "gelu_tanh":
      // (1 + tanh u) / 2 is a sigmoid of 2 u; so written, the negative tail keeps its digits.
      return x === -Infinity ? 0 : x / (1 + Math.exp(-2 * tanhArgument(x)));
  }
}

/** The slope of an activation function in float64. */
export function slope(name: Activation, x: number): number {
  switch (name) {
    case "relu":
      return x > 0 ? 1 : 0;
    case "quick_gelu": {
      const s = 1 / (1 + Math.exp(-1.702 * x));
      return s + (s === 0 || s === 1 ? 0 : 1.702 * x * s * (1 - s));
    }
    case "gelu": {
      const share = x === 0 ? 0.5 : activate("gelu", x) / x;
      return share + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
    case "gelu_tanh": {
      const s = 1 / (1 + Math.exp(-2 * tanhArgument(x)));
      const rise = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
      return s + (s === 0 || s === 1 ? 0 : 2 * x * rise * s * (1 - s));
    }
  }
}

/** What the tanh of GELU's approximation is taken of. */
function tanhArgument(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}

/**
 * The complementary error function: a series where it converges fast, else a continued fraction, so
 * that it keeps its relative accuracy in the tail.
 */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x, sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 1 - 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
