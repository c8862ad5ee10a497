import { elements, type Packed, sizeAt, type Tensor } from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import { refuse, times } from "../case_tables.ts";
import { type CaseOperand, normal, prove, tensor } from "../kernel.ts";
import type { Tensors } from "../shapes.ts";
import { conv1d, type Conv1dAttrs } from "./conv1d.ts";

/** Convolution over time. */
export const conv1dKernel = prove<
  Tensors<"x" | "bias"> & { readonly w: Tensor | Packed },
  Conv1dAttrs
>(
  {
    name: "conv1d",
    describe({ x, bias }, { activation = "none", meanOverTime = false }) {
      const extras = (activation === "none" ? "" : `,${activation}`) +
        (meanOverTime ? ",mean" : "");
      return `B=${x.shape[0]},T=${x.shape[1]},D=${x.shape[2]},N=${bias.shape[0]}${extras}`;
    },
    cost({ x, bias }, { meanOverTime = false }) {
      const rows = sizeAt(x.shape, 0) * sizeAt(x.shape, 1), d = sizeAt(x.shape, 2);
      const n = sizeAt(bias.shape, 0), out = meanOverTime ? sizeAt(x.shape, 0) * n : rows * n;
      return { flops: 6 * rows * d * n, bytes: 4 * (elements(x.shape) + 3 * d * n + n + out) };
    },
  },
  17,
  {
    // The convolution by its formula, in float64.
    reference({ x, w, bias }, { activation = "none", meanOverTime = false }) {
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
    },
    roundings: ({ x }) => 3 * sizeAt(x.shape, 2) + sizeAt(x.shape, 1) + 16,
    record: (r, { x, w, bias }, attrs) => conv1d(r, x, w, bias, attrs),
    cases(rng) {
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
        ...times(
          20,
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
    },
    refusals: [
      refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8", w: "24x5", bias: "5" }),
      refuse(
        "inner dimensions must match: got x [1, 4, 24] and w [16, 5]",
        { x: "1x4x8", w: "16x5", bias: "5" },
      ),
    ],
  },
);
