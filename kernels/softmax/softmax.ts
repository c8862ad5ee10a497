import {
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import { softmaxGradient } from "../softmax_gradient/softmax_gradient.ts";
import { reference } from "./reference.ts";
import source from "./softmax.wgsl" with { type: "text" };

/** Operand of softmax. */
export interface SoftmaxInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

const shader: Shader = {
  name: "softmax.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<SoftmaxInputs, Record<string, never>> = {
  name: "softmax",
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
  cost: ({ x }) => ({ flops: 5 * elements(x.shape), bytes: 8 * elements(x.shape) }),

  // The exponential magnifies the rounding of its argument, which is of the order of 10.
  roundings: () => 32,

  gradient: (r, { y, dy }) => ({ x: softmaxGradient(r, y, dy) }),
};

/** Softmax over the last axis. */
export function softmax(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(5);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [1, 2, NaN, 3, -Infinity, 0, Infinity, 1, 2, -Infinity, -Infinity, -Infinity];
  return [
    ...[[1, 1], [1, 2], [5, 1], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(8, 32),
    make(9, 33),
    make(4, 3, (_, i) => special[i] ?? 0, "NaN and infinities"),
    make(8, 3, (_, i) => special[i % 12] ?? 0, "NaN and infinities, a row an invocation"),
    { ...make(3, 40, (random) => 1e4 + random.normal(), "far from zero"), condition: 1 },
    make(3, 40, (random) => 30 * random.normal(), "sharp"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(1, 300))),
    { ...make(40, 2), model: true },
    { ...make(20, 46), model: true },
    { ...make(16 * 12 * 50, 50), model: true },
  ];
}

/** Softmax. */
export const softmaxKernel: Kernel<SoftmaxInputs, Record<string, never>> = {
  op,
  record: (r, { x }) => softmax(r, x),
  shaders: [shader],
  cases,
  refusals: [],
};
