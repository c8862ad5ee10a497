import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../rows.ts";
import source from "./divergence_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: those of the divergence, and the derivative by it. */
export interface DivergenceGradientInputs {
  readonly p: Tensor;
  readonly q: Tensor;
  readonly dy: Tensor;
}

const shader: Shader = { name: "divergence_gradient.wgsl", source };

const op: Op<DivergenceGradientInputs, Record<string, never>> = {
  name: "divergence_gradient",

  infer({ p, q, dy }) {
    if (!sameShape(p.shape.slice(0, -1), dy.shape) || sizeAt(p.shape, -1) !== q.shape[0]) {
      throw new TypeError(
        `Cannot record divergence_gradient: wanted a share for each column and a derivative for ` +
          `each row of ${formatShape(p.shape)}: got ${formatShape(q.shape)} and ` +
          formatShape(dy.shape),
      );
    }
    return [{ shape: p.shape, dtype: "f32" }];
  },

  describe({ p }) {
    const { rows, width } = rowsOf(p.shape);
    return `rows=${rows},C=${width}`;
  },

  lower({ inputs: { p, q, dy }, outputs: [dp], adapter, dispatch }) {
    const invocations = choose(adapter).flatInvocations, length = elements(p.shape);
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { length, columns: rowsOf(p.shape).width },
      bindings: { p, q, dy, dp },
      workgroups: grid(Math.ceil(length / invocations)),
    });
  },

  reference,
  cost: ({ p }) => ({ flops: 4 * elements(p.shape), bytes: 8 * elements(p.shape) }),

  // A quotient, a logarithm, a sum and a product.
  roundings: () => 16,
};

/** The derivative of the divergence by the shares. */
export function divergenceGradient(recorder: Recorder, p: Tensor, q: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { p, q, dy }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(53);
  const make = (rows: number, width: number, note?: string) => ({
    inputs: {
      p: tensor([rows, width], (random) => 0.05 + random.uniform()),
      q: tensor([width], (random) => (0.05 + random.uniform()) / 4),
      dy: tensor([rows]),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [2, 2], [5, 3], [3, 8], [3, 9], [2, 127], [2, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    {
      ...make(3, 2, "nothing"),
      inputs: {
        p: tensor([3, 2], (_, i) => i % 2),
        q: tensor([2], () => 0.5),
        dy: tensor([3]),
      },
    },
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
  ];
}

/** The gradient of Kullback and Leibler's divergence. */
export const divergenceGradientKernel: Kernel<DivergenceGradientInputs, Record<string, never>> = {
  op,
  record: (r, { p, q, dy }) => divergenceGradient(r, p, q, dy),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { p: tensor([4, 3]), q: tensor([3]), dy: tensor([3]) },
      attrs: {},
      says: "a derivative for each row of [4, 3]: got [3] and [3]",
    },
  ],
};
