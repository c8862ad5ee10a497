import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { describeRows, rowsOf } from "../rows.ts";
import { reference } from "./reference.ts";
import source from "./transpose.wgsl" with { type: "text" };

/** Operand of the turning. */
export interface TransposeInputs {
  /** `[..., D]`, seen as rows over the last axis. */
  readonly x: Tensor;
}

const shader: Shader = { name: "transpose.wgsl", source };

const op: Op<TransposeInputs, Record<string, never>> = {
  name: "transpose",

  infer({ x }) {
    if (x.shape.length < 2) {
      throw new TypeError(`Cannot record transpose: wanted a matrix: got ${formatShape(x.shape)}`);
    }
    const { rows, width } = rowsOf(x.shape);
    return [{ shape: [width, rows], dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups: grid(Math.ceil(rows * width / invocations)),
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 0, bytes: 8 * elements(x.shape) }),
  roundings: () => 0,
};

/** A matrix turned round: `[..., D]`, seen as rows, becomes `[D, rows]`. */
export function transpose(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(136);
  const make = (shape: number[]) => ({ inputs: { x: tensor(shape) }, attrs: {} });
  return [
    make([1, 1]),
    make([1, 7]),
    make([7, 1]),
    make([2, 3, 4]),
    make([64, 64]),
    make([65, 63]),
    make([3, 400]),
    ...Array.from({ length: 20 }, () => make([rng.integer(1, 90), rng.integer(1, 90)])),
    { ...make([46, 512]), model: true },
  ];
}

/** Turning of matrices. */
export const transposeKernel: Kernel<TransposeInputs, Record<string, never>> = {
  op,
  record: (r, { x }) => transpose(r, x),
  shaders: [shader],
  cases,
  refusals: [{ inputs: { x: tensor([4]) }, attrs: {}, says: "wanted a matrix: got [4]" }],
};
