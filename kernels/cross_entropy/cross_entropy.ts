import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { crossEntropyGradient } from "../cross_entropy_gradient/cross_entropy_gradient.ts";
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./cross_entropy.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: logits `[..., C]`, and the class that each row should have `[...]`. */
export interface CrossEntropyInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
}

const shader: Shader = {
  name: "cross_entropy.wgsl",
  source: rowReduction + notANumber + source,
  flags: { ALONE: [false, true] },
};

const op: Op<CrossEntropyInputs, Record<string, never>> = {
  name: "cross_entropy",

  infer({ x, labels }) {
    if (!sameShape(x.shape.slice(0, -1), labels.shape)) {
      throw new TypeError(
        `Cannot record cross_entropy: wanted a label for each row of ${formatShape(x.shape)}: ` +
          `got labels ${formatShape(labels.shape)}`,
      );
    }
    return [{ shape: labels.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, labels }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width, zero: 0 },
      bindings: { x, labels, y },
      workgroups,
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 4 * elements(x.shape), bytes: 4 * elements(x.shape) }),

  // As softmax, a logarithm, and the difference of two terms.
  roundings: () => 64,

  gradient: (r, { inputs: { x, labels }, dy }) => ({ x: crossEntropyGradient(r, x, labels, dy) }),
};

/** The cross-entropy, in nats, of each row of logits `[..., C]` and its label. */
export function crossEntropy(recorder: Recorder, x: Tensor, labels: Tensor<"u32">): Tensor {
  return recorder.apply(op, { x, labels }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(42);
  const make = (rows: number, width: number, fill = normal, most = width, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), labels: tensor([rows], below(most), "u32") },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(20, 3, normal, 5, "labels outside"),
    make(3, 40, (random) => 1e4 + random.normal(), 40, "far from zero"),
    make(6, 40, (random) => 30 * random.normal(), 40, "sharp"),
    make(2, 300, () => 5, 300, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(8, 2), model: true },
  ];
}

/** Cross-entropy. */
export const crossEntropyKernel: Kernel<CrossEntropyInputs, Record<string, never>> = {
  op,
  record: (r, { x, labels }) => crossEntropy(r, x, labels),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]), labels: tensor([3], below(3), "u32") },
      attrs: {},
      says: "wanted a label for each row of [4, 3]: got labels [3]",
    },
  ],
};
