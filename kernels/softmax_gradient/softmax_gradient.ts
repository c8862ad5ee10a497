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
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { rowsOf, shareRows } from "../rows.ts";
import { reference } from "./reference.ts";
import source from "./softmax_gradient.wgsl" with { type: "text" };

/** Operands, both `[..., D]`: what softmax gave, and the derivative by it. */
export interface SoftmaxGradientInputs {
  readonly y: Tensor;
  readonly dy: Tensor;
}

const shader: Shader = {
  name: "softmax_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<SoftmaxGradientInputs, Record<string, never>> = {
  name: "softmax_gradient",

  infer({ y, dy }) {
    if (!sameShape(y.shape, dy.shape)) {
      throw new TypeError(
        `Cannot record softmax_gradient: dy must have the shape ${formatShape(y.shape)}: ` +
          `got ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: y.shape, dtype: "f32" }];
  },

  describe({ y }) {
    const { rows, width } = rowsOf(y.shape);
    return `rows=${rows},D=${width}`;
  },

  lower({ inputs: { y, dy }, outputs: [dx], adapter, dispatch }) {
    const { rows, width } = rowsOf(y.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { y, dy, dx },
      workgroups,
    });
  },

  reference,
  cost: ({ y }) => ({ flops: 4 * elements(y.shape), bytes: 12 * elements(y.shape) }),

  // A sum over the row, then a difference and a product.
  roundings: ({ y }) => rowsOf(y.shape).width + 2,
};

/** The derivative of softmax by its operand, out of what it gave. */
export function softmaxGradient(recorder: Recorder, y: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { y, dy }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(51);
  const make = (rows: number, width: number, note?: string, fill = normal) => ({
    inputs: {
      y: tensor([rows, width], (random) => random.uniform() / width),
      dy: tensor([rows, width], fill),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [1, 2], [5, 3], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 40, "zeros", () => 0),
    make(2, 3, "NaN and infinities", (_, i) => [1, NaN, 2, 3, Infinity, 4][i] ?? 0),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(40, 2), model: true },
  ];
}

/** The gradient of softmax. */
export const softmaxGradientKernel: Kernel<SoftmaxGradientInputs, Record<string, never>> = {
  op,
  record: (r, { y, dy }) => softmaxGradient(r, y, dy),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { y: tensor([4, 3]), dy: tensor([3]) },
      attrs: {},
      says: "dy must have the shape [4, 3]: got [3]",
    },
  ],
};
