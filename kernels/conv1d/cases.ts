import { elements, Rng, sizeAt } from "../../engine/mod.ts";
import { refuse, times } from "../case_tables.ts";
import { type Case, type CaseOperand, type Kernel, normal, tensor } from "../kernel.ts";
import { conv1d, type Conv1dAttrs, type Conv1dInputs } from "./conv1d.ts";
import { reference } from "./reference.ts";

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
    cost({ x, bias }, { meanOverTime = false }) {
      const rows = sizeAt(x.shape, 0) * sizeAt(x.shape, 1), d = sizeAt(x.shape, 2);
      const n = sizeAt(bias.shape, 0), out = meanOverTime ? sizeAt(x.shape, 0) * n : rows * n;
      return {
        flops: 6 * rows * d * n,
        bytes: 4 * (elements(x.shape) + 3 * d * n + n + out),
      };
    },
  },
  reference,
  roundings: ({ x }) => 3 * sizeAt(x.shape, 2) + sizeAt(x.shape, 1) + 16,
  record: (r, { x, w, bias }, attrs) => conv1d(r, x, w, bias, attrs),
  shaders: [],
  cases,
  refusals: [
    refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8", w: "24x5", bias: "5" }, {}),
    refuse(
      "inner dimensions must match: got x [1, 4, 24] and w [16, 5]",
      { x: "1x4x8", w: "16x5", bias: "5" },
      {},
    ),
  ],
};
