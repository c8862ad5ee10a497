import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { divergenceGradient } from "../divergence_gradient/divergence_gradient.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { rowsOf, shareRows } from "../rows.ts";
import source from "./divergence.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: shares `[..., C]`, and the numbers above 0, `[C]`, that they are measured by. */
export interface DivergenceInputs {
  readonly p: Tensor;
  readonly q: Tensor;
}

const shader: Shader = {
  name: "divergence.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<DivergenceInputs, Record<string, never>> = {
  name: "divergence",

  infer({ p, q }) {
    if (q.shape.length !== 1 || p.shape.length === 0 || sizeAt(p.shape, -1) !== q.shape[0]) {
      throw new TypeError(
        `Cannot record divergence: q must have a share for each column of ` +
          `${formatShape(p.shape)}: got ${formatShape(q.shape)}`,
      );
    }
    return [{ shape: p.shape.slice(0, -1), dtype: "f32" }];
  },

  describe({ p }) {
    const { rows, width } = rowsOf(p.shape);
    return `rows=${rows},C=${width}`;
  },

  lower({ inputs: { p, q }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(p.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { p, q, y },
      workgroups,
    });
  },

  reference,
  cost: ({ p }) => ({ flops: 4 * elements(p.shape), bytes: 4 * elements(p.shape) }),

  // A quotient, a logarithm, a product, and the sum.
  roundings: ({ p }) => 16 + rowsOf(p.shape).width,

  gradient: (r, { inputs: { p, q }, dy }) => ({ p: divergenceGradient(r, p, q, dy) }),
};

/** Kullback and Leibler's divergence, in nats, of shares `[..., C]` from the shares `[C]`; from ones, minus the entropy. */
export function divergence(recorder: Recorder, p: Tensor, q: Tensor): Tensor {
  return recorder.apply(op, { p, q }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(52);
  const make = (rows: number, width: number, note?: string) => ({
    inputs: {
      // Far enough from each other that their differences keep their digits.
      p: tensor([rows, width], (random) => 0.05 + random.uniform()),
      q: tensor([width], (random) => (0.05 + random.uniform()) / 4),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [0, 1, NaN, 0.5, 0, 0, -1, 0.5, Infinity, 0.5];
  return [
    ...[[1, 1], [2, 2], [5, 3], [3, 8], [3, 9], [2, 127], [2, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    {
      ...make(1, 4),
      inputs: { p: tensor([4], (_, i) => 0.1 * (i + 1)), q: tensor([4], () => 0.5) },
    },
    {
      ...make(5, 2, "NaN, infinities and nothing"),
      inputs: { p: tensor([5, 2], (_, i) => special[i] ?? 0), q: tensor([2], () => 0.5) },
    },
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
  ];
}

/** Kullback and Leibler's divergence. */
export const divergenceKernel: Kernel<DivergenceInputs, Record<string, never>> = {
  op,
  record: (r, { p, q }) => divergence(r, p, q),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { p: tensor([4, 3]), q: tensor([4]) },
      attrs: {},
      says: "q must have a share for each column of [4, 3]: got [4]",
    },
  ],
};
