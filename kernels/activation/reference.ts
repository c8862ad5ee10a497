import type { Values } from "../../engine/mod.ts";
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

/** What the tanh of GELU's approximation is taken of. */
export function tanhArgument(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}

/** The activation of every element in float64. */
export function reference(
  { x }: { readonly x: Values },
  { activation }: { activation: Activation },
): [Values] {
  return [{ shape: x.shape, data: x.data.map((value) => activate(activation, value)) }];
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
