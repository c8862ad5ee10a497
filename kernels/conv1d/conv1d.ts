import {
  elements,
  type InputValues,
  type Packed,
  type Recorder,
  Rng,
  sizeAt,
  type Tensor,
  type Values,
} from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import { type Case, type CaseOperand, type Kernel, normal, tensor } from "../kernel.ts";
import { matmul } from "../matmul/matmul.ts";
import { mean } from "../mean/mean.ts";
import { unfold } from "../unfold/unfold.ts";

/** Operands of the convolution over time. */
export interface Conv1dInputs {
  /** `[B, T, D]` */
  readonly x: Tensor;
  /** `[3 D, N]`, by `conv1dWeight()`. */
  readonly w: Tensor | Packed;
  /** `[N]` */
  readonly bias: Tensor;
}

/** Settings of the convolution over time. */
export interface Conv1dAttrs {
  /** Of each sum. */
  readonly activation?: "none" | "gelu";
  /** The mean over time instead of every step: `[B, N]`. */
  readonly meanOverTime?: boolean;
}

/**
 * Convolution over time, kernel 3, stride 1, zeros before and after each clip:
 * `y_t = W₀ x_{t-1} + W₁ x_t + W₂ x_{t+1} + bias`, with the activation fused, and the mean over time
 * if asked for. A matmul over unfolded steps: on its own the mean costs 3 % of it.
 */
export function conv1d(
  recorder: Recorder,
  x: Tensor,
  w: Tensor | Packed,
  bias: Tensor,
  { activation = "none", meanOverTime = false }: Conv1dAttrs = {},
): Tensor {
  const y = matmul(recorder, unfold(recorder, x), w, { bias, activation });
  return meanOverTime ? mean(recorder, y, 1) : y;
}

/** The weight of PyTorch's Conv1d, `[N, D, 3]`, as the matrix `[3 D, N]` that `conv1d()` wants. */
export function conv1dWeight(
  weight: Float32Array,
  [n, d]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  if (weight.length !== 3 * n * d) {
    throw new TypeError(
      `Cannot arrange a Conv1d weight: got ${weight.length} numbers: wanted [${n}, ${d}, 3]`,
    );
  }
  const matrix = new Float32Array(weight.length);
  for (let tap = 0; tap < 3; tap++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < n; j++) {
        matrix[(tap * d + i) * n + j] = weight[(j * d + i) * 3 + tap] as number;
      }
    }
  }
  return matrix;
}

/** The convolution by its formula, in float64. */
function reference(
  { x, w, bias }: InputValues<Conv1dInputs>,
  { activation = "none", meanOverTime = false }: Conv1dAttrs,
): [Values] {
  const [batch = 0, steps = 0, width = 0] = x.shape;
  const columns = bias.data.length;
  const y = new Float64Array(batch * steps * columns);
  for (let row = 0; row < batch * steps; row++) {
    const sums = y.subarray(row * columns, (row + 1) * columns);
    sums.set(bias.data);
    for (let tap = 0; tap < 3; tap++) {
      const t = row % steps + tap - 1;
      if (t < 0 || t >= steps) continue;
      for (let i = 0; i < width; i++) {
        const value = x.data[(row + tap - 1) * width + i] as number;
        for (let j = 0; j < columns; j++) {
          sums[j] = (sums[j] as number) +
            value * (w.data[(tap * width + i) * columns + j] as number);
        }
      }
    }
    for (const [j, sum] of sums.entries()) sums[j] = activate(activation, sum);
  }
  if (!meanOverTime) return [{ shape: [batch, steps, columns], data: y }];
  const means = new Float64Array(batch * columns);
  for (const [at, value] of y.entries()) {
    const to = Math.floor(at / (steps * columns)) * columns + at % columns;
    means[to] = (means[to] as number) + value / steps;
  }
  return [{ shape: [batch, columns], data: means }];
}

function cases(): Case<Conv1dAttrs>[] {
  const rng = new Rng(17);
  const make = (b: number, t: number, d: number, n: number, attrs: Conv1dAttrs = {}) => {
    const fill: CaseOperand["fill"] = (random, i) => normal(random, i) / Math.sqrt(3 * d);
    return {
      inputs: {
        x: tensor([b, t, d]),
        w: { kind: "packed", shape: [3 * d, n], store: "f32", fill } as const,
        bias: tensor([n]),
      },
      attrs,
    };
  };
  const temporal: Conv1dAttrs = { activation: "gelu", meanOverTime: true };
  return [
    make(1, 1, 1, 1),
    make(1, 2, 3, 2),
    make(2, 3, 5, 7),
    make(3, 1, 8, 4, temporal),
    make(2, 16, 12, 12, { activation: "gelu" }),
    make(2, 16, 12, 12, { meanOverTime: true }),
    ...Array.from(
      { length: 20 },
      () =>
        make(rng.integer(1, 5), rng.integer(1, 20), rng.integer(1, 60), rng.integer(1, 60), {
          activation: rng.pick(["none", "gelu"]),
          meanOverTime: rng.uniform() < 0.5,
        }),
    ),
    { ...make(5, 16, 512, 512, temporal), model: true },
    { ...make(1, 16, 512, 512, temporal), model: true },
    make(8, 20, 64, 64, temporal),
  ];
}

/** Convolution over time. */
export const conv1dKernel: Kernel<Conv1dInputs, Conv1dAttrs> = {
  op: {
    name: "conv1d",
    describe({ x, bias }, { activation = "none", meanOverTime = false }) {
      const extras = (activation === "none" ? "" : `,${activation}`) +
        (meanOverTime ? ",mean" : "");
      return `B=${x.shape[0]},T=${x.shape[1]},D=${x.shape[2]},N=${bias.shape[0]}${extras}`;
    },
    reference,
    cost({ x, bias }, { meanOverTime = false }) {
      const rows = sizeAt(x.shape, 0) * sizeAt(x.shape, 1), d = sizeAt(x.shape, 2);
      const n = sizeAt(bias.shape, 0), out = meanOverTime ? sizeAt(x.shape, 0) * n : rows * n;
      return {
        flops: 6 * rows * d * n,
        bytes: 4 * (elements(x.shape) + 3 * d * n + n + out),
      };
    },
    roundings: ({ x }) => 3 * sizeAt(x.shape, 2) + sizeAt(x.shape, 1) + 16,
  },
  record: (r, { x, w, bias }, attrs) => conv1d(r, x, w, bias, attrs),
  shaders: [],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), w: tensor([24, 5]), bias: tensor([5]) },
      attrs: {},
      says: "x must be [B, T, D]: got [4, 8]",
    },
    {
      inputs: { x: tensor([1, 4, 8]), w: tensor([16, 5]), bias: tensor([5]) },
      attrs: {},
      says: "inner dimensions must match: got x [1, 4, 24] and w [16, 5]",
    },
  ],
};
