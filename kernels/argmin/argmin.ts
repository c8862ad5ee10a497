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
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { describeRows, rowsOf } from "../rows.ts";
import source from "./argmin.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operand of the search. */
export interface ArgminInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

const shader: Shader = { name: "argmin.wgsl", source };

const op: Op<ArgminInputs, Record<string, never>, "u32"> = {
  name: "argmin",

  infer({ x }) {
    if (x.shape.length < 2) {
      throw new TypeError(`Cannot record argmin: wanted rows: got ${formatShape(x.shape)}`);
    }
    return [{ shape: x.shape.slice(0, -1), dtype: "u32" }];
  },

  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups: grid(Math.ceil(rows / invocations)),
    });
  },

  reference,
  cost: ({ x }) => ({ flops: elements(x.shape), bytes: 4 * elements(x.shape) }),
  roundings: () => 0,
};

/**
 * Where the least number of each row of `[..., D]` is, counted over all rows: row times D, and the
 * column. So it is a row number of a table with D rows for each, as `gatherRows()` takes it.
 */
export function argmin(recorder: Recorder, x: Tensor): Tensor<"u32"> {
  return recorder.apply(op, { x }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(37);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [NaN, 2, 1, NaN, NaN, NaN, Infinity, Infinity, NaN, 0, -0, -Infinity];
  return [
    make(1, 1),
    make(3, 1),
    make(1, 9),
    make(65, 5),
    make(257, 3),
    make(4, 3, (_, i) => special[i] ?? 0, "NaN and infinities"),
    make(5, 6, (_, i) => i % 2, "equal ones"),
    make(5, 6, () => 4, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 90), rng.integer(1, 90))),
    { ...make(40, 5), model: true },
  ];
}

/** The search for the least. */
export const argminKernel: Kernel<ArgminInputs, Record<string, never>, "u32"> = {
  op,
  record: (r, { x }) => argmin(r, x),
  shaders: [shader],
  cases,
  refusals: [{ inputs: { x: tensor([4]) }, attrs: {}, says: "wanted rows: got [4]" }],
};
