import { elements, sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { type Fill, normal, prove, tensor } from "../kernel.ts";
import { causalConv1d, type CausalConv1dAttrs, type CausalConv1dInputs } from "./causal_conv1d.ts";

/** A convolution of the past with weight norm. */
export const causalConv1dKernel = prove<CausalConv1dInputs, CausalConv1dAttrs>(
  {
    name: "causal_conv1d",
    describe: ({ x, v }, { dilation }) =>
      `B=${x.shape[0]},T=${x.shape[1]},D=${x.shape[2]},N=${v.shape[0]},` +
      `taps=${sizeAt(v.shape, 1) / sizeAt(x.shape, 2)},dilation=${dilation}`,
    cost({ x, v, g }) {
      const rows = elements(x.shape) / sizeAt(x.shape, 2), n = sizeAt(g.shape, 0);
      const counts = elements(x.shape) + elements(v.shape) + 2 * n + rows * n;
      return { flops: 2 * rows * elements(v.shape), bytes: 4 * counts };
    },
    // That of what it records.
    gradient: () => ({}),
  },
  103,
  {
    // The convolution by its formula, with the weight itself, in float64.
    reference({ x, v, g, bias }, { dilation }) {
      const [batch = 0, steps = 0, width = 0] = x.shape;
      const [columns = 0, taken = 0] = v.shape, taps = taken / width;
      const weight = v.data.map((value, i) => {
        const row = Math.floor(i / taken), of = v.data.subarray(row * taken, (row + 1) * taken);
        return (g.data[row] as number) * value / Math.sqrt(of.reduce((sum, a) => sum + a * a, 0));
      });
      const y = new Float64Array(batch * steps * columns);
      for (let row = 0; row < batch * steps; row++) {
        for (let n = 0; n < columns; n++) {
          let sum = bias.data[n] as number;
          for (let tap = 0; tap < taps; tap++) {
            const back = (taps - 1 - tap) * dilation;
            if (back > row % steps) continue;
            for (let i = 0; i < width; i++) {
              sum += (weight[n * taken + tap * width + i] as number) *
                (x.data[(row - back) * width + i] as number);
            }
          }
          y[row * columns + n] = sum;
        }
      }
      return [{ shape: [batch, steps, columns], data: y }];
    },
    // A sum of products, the norm, and what follows it.
    roundings: ({ v }) => sizeAt(v.shape, 1) + 24,
    record: (r, inputs, attrs) => causalConv1d(r, inputs, attrs),
    cases(rng) {
      const make = (
        [b = 1, t = 1, d = 1, n = 1, taps = 1, dilation = 1]: readonly number[],
        fill: Fill = normal,
        note?: string,
      ) =>
        caseOf(
          { x: [b, t, d], v: tensor([n, taps * d], fill), g: [n], bias: [n] },
          { dilation },
          note,
        );
      return [
        make([1, 1, 1, 1, 1, 1]),
        make([1, 2, 3, 2, 5, 1]),
        make([2, 3, 5, 7, 2, 2]),
        make([2, 14, 8, 12, 5, 4]),
        make([2, 14, 8, 12, 5, 4], (random) => 1e-3 * random.normal(), "small v"),
        make([1, 37, 12, 6, 3, 16]),
        ...times(20, () =>
          make([
            rng.integer(1, 4),
            rng.integer(1, 20),
            rng.integer(1, 30),
            rng.integer(1, 30),
            rng.integer(1, 6),
            rng.integer(1, 9),
          ])),
        { ...make([1, 96, 256, 128, 5, 4]), model: true },
      ];
    },
    refusals: [
      refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8", v: "5x24", g: "5", bias: "5" }, {
        dilation: 1,
      }),
      refuse("v must be [N, taps D]: got x [1, 4, 8] and v [5, 20]", {
        x: "1x4x8",
        v: "5x20",
        g: "5",
        bias: "5",
      }, { dilation: 1 }),
      refuse("dilation must be a whole number of at least 1: got 0", {
        x: "1x4x8",
        v: "5x24",
        g: "5",
        bias: "5",
      }, { dilation: 0 }),
    ],
  },
);
