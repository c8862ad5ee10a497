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
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./cross_entropy_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: those of the cross-entropy, and the derivative by it. */
export interface CrossEntropyGradientInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
  readonly dy: Tensor;
}

const shader: Shader = {
  name: "cross_entropy_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<CrossEntropyGradientInputs, Record<string, never>> = {
  name: "cross_entropy_gradient",

  infer({ x, labels, dy }) {
    const rows = x.shape.slice(0, -1);
    if (!sameShape(rows, labels.shape) || !sameShape(rows, dy.shape)) {
      throw new TypeError(
        `Cannot record cross_entropy_gradient: wanted a label and a derivative for each row of ` +
          `${formatShape(x.shape)}: got ${formatShape(labels.shape)} and ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, labels, dy }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, labels, dy, y },
      workgroups,
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 5 * elements(x.shape), bytes: 8 * elements(x.shape) }),

  // As softmax, and the difference of two terms.
  roundings: () => 64,
};

/** The derivative of the cross-entropy by the logits. */
export function crossEntropyGradient(
  recorder: Recorder,
  x: Tensor,
  labels: Tensor<"u32">,
  dy: Tensor,
): Tensor {
  return recorder.apply(op, { x, labels, dy }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(43);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: {
      x: tensor([rows, width], fill),
      labels: tensor([rows], below(width), "u32"),
      dy: tensor([rows]),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 40, (random) => 1e4 + random.normal(), "far from zero"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(8, 2), model: true },
  ];
}

/** The gradient of cross-entropy. */
export const crossEntropyGradientKernel: Kernel<
  CrossEntropyGradientInputs,
  Record<string, never>
> = {
  op,
  record: (r, { x, labels, dy }) => crossEntropyGradient(r, x, labels, dy),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: {
        x: tensor([4, 3]),
        labels: tensor([4], below(3), "u32"),
        dy: tensor([3]),
      },
      attrs: {},
      says: "wanted a label and a derivative for each row of [4, 3]: got [4] and [3]",
    },
  ],
};
