import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import source from "./sum_rows.wgsl" with { type: "text" };

/** Operand of the sum. */
export interface SumRowsInputs {
  readonly x: Tensor;
}

/** Settings of the sum. */
export interface SumRowsAttrs {
  /** The last axes of x: what is left. */
  readonly shape: Shape;
}

const shader: Shader = { name: "sum_rows.wgsl", source };

const op: Op<SumRowsInputs, SumRowsAttrs> = {
  name: "sum_rows",

  infer({ x }, { shape }) {
    if (!sameShape(shape, x.shape.slice(x.shape.length - shape.length))) {
      throw new TypeError(
        `Cannot record sum_rows: what is left must be the last axes of ${formatShape(x.shape)}: ` +
          `got ${formatShape(shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: ({ x }, { shape }) => `x=${x.shape.join("x")},y=${shape.join("x")}`,

  lower({ inputs: { x }, outputs: [y], attrs: { shape }, adapter, dispatch }) {
    const columns = elements(shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows: elements(x.shape) / columns, columns },
      bindings: { x, y },
      workgroups: [Math.ceil(columns / invocations)],
    });
  },

  reference,

  cost: ({ x }, { shape }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(shape)),
  }),

  roundings: ({ x }, { shape }) => elements(x.shape) / elements(shape),
};

/** The sum over the first axes: the last ones, given, are left. */
export function sumRows(recorder: Recorder, x: Tensor, shape: Shape): Tensor {
  return recorder.apply(op, { x }, { shape })[0];
}

function cases(): Case<SumRowsAttrs>[] {
  const rng = new Rng(39);
  const make = (x: number[], shape: number[]) => ({ inputs: { x: tensor(x) }, attrs: { shape } });
  return [
    make([1, 1], [1]),
    make([3, 5], [5]),
    make([2, 3, 4], [4]),
    make([2, 3, 4], [3, 4]),
    make([7, 65], [65]),
    make([400, 3], [3]),
    make([5, 7], [5, 7]),
    ...Array.from({ length: 20 }, () => {
      const x = [rng.integer(1, 20), rng.integer(1, 20), rng.integer(1, 90)];
      return make(x, x.slice(rng.integer(1, 2)));
    }),
    { ...make([46, 512], [512]), model: true },
  ];
}

/** The sum over rows. */
export const sumRowsKernel: Kernel<SumRowsInputs, SumRowsAttrs> = {
  op,
  record: (r, { x }, { shape }) => sumRows(r, x, shape),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]) },
      attrs: { shape: [4] },
      says: "what is left must be the last axes of [4, 3]: got [4]",
    },
  ],
};
