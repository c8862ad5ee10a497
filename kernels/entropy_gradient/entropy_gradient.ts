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
import source from "./entropy_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands: the logits `[..., C]`, and the derivative by each row's entropy `[...]`. */
export interface EntropyGradientInputs {
  readonly x: Tensor;
  readonly dy: Tensor;
}

const shader: Shader = {
  name: "entropy_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

const op: Op<EntropyGradientInputs, Record<string, never>> = {
  name: "entropy_gradient",

  infer({ x, dy }) {
    if (!sameShape(x.shape.slice(0, -1), dy.shape)) {
      throw new TypeError(
        `Cannot record entropy_gradient: dy must have a number for each row of ` +
          `${formatShape(x.shape)}: got ${formatShape(dy.shape)}`,
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
  cost: ({ x }) => ({ flops: 8 * elements(x.shape), bytes: 8 * elements(x.shape) }),

  // As the entropy; the difference of two terms, one of them an average.
  roundings: () => 64,
};

/** The derivative of the entropy of softmax by the logits. */
export function entropyGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(34);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), dy: tensor([rows]) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 1, normal, "one class"),
    make(3, 3, (_, i) => i % 3 === 1 ? -Infinity : i, "impossible classes"),
    make(6, 2, (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
    make(3, 40, (random) => 1e4 + random.normal(), "far from zero"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
    { ...make(40, 2), model: true },
  ];
}

/** The gradient of softmax-entropy. */
export const entropyGradientKernel: Kernel<EntropyGradientInputs, Record<string, never>> = {
  op,
  record: (r, { x, dy }) => entropyGradient(r, x, dy),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]), dy: tensor([3]) },
      attrs: {},
      says: "dy must have a number for each row of [4, 3]: got [3]",
    },
  ],
};
