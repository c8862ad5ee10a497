import {
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { l2NormalizeGradient } from "../l2_normalize_gradient/l2_normalize_gradient.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operand of the L2 normalisation. */
export interface L2NormalizeInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

const shader: Shader = {
  name: "l2_normalize.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<L2NormalizeInputs, Record<string, never>> = {
  name: "l2_normalize",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups,
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 4 * elements(x.shape), bytes: 8 * elements(x.shape) }),
  // Two divisions and a root; the sum of positive squares adds little.
  roundings: () => 16,

  gradient: (r, { inputs: { x }, dy }) => ({ x: l2NormalizeGradient(r, x, dy) }),
};

/** Scales each row, over the last axis, to length 1; a row of zeros stays zeros. */
export function l2Normalize(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(77);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [2, 2], [5, 1], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 17, () => 0, "zeros"),
    make(3, 17, (random) => 1e30 * random.normal(), "huge"),
    make(3, 17, (random) => 1e-8 * random.normal(), "tiny"),
    make(3, 17, (random) => 1e-14 * random.normal(), "below the floor"),
    make(2, 9, (random, i) => i === 4 ? NaN : random.normal(), "NaN in a row"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(1, 700))),
    { ...make(46, 512), model: true },
    { ...make(800, 512), model: true },
    make(16, 64),
  ];
}

/** L2 normalisation. */
export const l2NormalizeKernel: Kernel<L2NormalizeInputs, Record<string, never>> = {
  op,
  record: (r, { x }) => l2Normalize(r, x),
  shaders: [shader],
  cases,
  refusals: [],
};
