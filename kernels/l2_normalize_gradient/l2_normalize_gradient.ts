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
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./l2_normalize_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: the rows as they were, and the derivative by the scaled ones. */
export interface L2NormalizeGradientInputs {
  /** `[..., D]` */
  readonly x: Tensor;
  readonly dy: Tensor;
}

const shader: Shader = {
  name: "l2_normalize_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<L2NormalizeGradientInputs, Record<string, never>> = {
  name: "l2_normalize_gradient",

  infer({ x, dy }) {
    if (!sameShape(x.shape, dy.shape)) {
      throw new TypeError(
        `Cannot record l2_normalize_gradient: dy must be ${formatShape(x.shape)}: ` +
          `got ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, dy }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, dy, y },
      workgroups,
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 9 * elements(x.shape), bytes: 12 * elements(x.shape) }),

  // As the scaling, one more sum, and the difference of two terms.
  roundings: () => 48,
};

/** The derivative by what a scaling of rows to length 1 got. */
export function l2NormalizeGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(33);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), dy: tensor([rows, width]) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 3], [7, 13], [1, 31], [5, 33], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 3),
    make(3, 40, (random) => 1e18 * random.normal(), "large"),
    make(3, 40, (random) => 1e-10 * random.normal(), "small"),
    make(3, 5, () => 0, "zeros"),
    make(3, 5, (random) => 1e-14 * random.normal(), "under the floor"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(4, 300))),
    { ...make(46, 512), model: true },
    { ...make(46, 64), model: true },
  ];
}

/** The gradient of scaling rows to length 1. */
export const l2NormalizeGradientKernel: Kernel<
  L2NormalizeGradientInputs,
  Record<string, never>
> = {
  op,
  record: (r, { x, dy }) => l2NormalizeGradient(r, x, dy),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), dy: tensor([4, 7]) },
      attrs: {},
      says: "dy must be [4, 8]: got [4, 7]",
    },
  ],
};
