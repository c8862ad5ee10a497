import type { InputValues, Values } from "../../engine/mod.ts";
import type { Activation } from "../activation/activations.ts";
import { activate, tanhArgument } from "../activation/reference.ts";
import type { OneOperandGradient } from "../shapes.ts";

/** The slope of an activation function in float64. */
function slope(name: Activation, x: number): number {
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

/** Gradient of an activation function with respect to its input, in float64. */
export function reference(
  { x, dy }: InputValues<OneOperandGradient>,
  { activation }: { activation: Activation },
): [Values] {
  const data = x.data.map((value, i) => (dy.data[i] ?? NaN) * slope(activation, value));
  return [{ shape: x.shape, data }];
}
