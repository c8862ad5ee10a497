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
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import { reference } from "./reference.ts";
import source from "./add.wgsl" with { type: "text" };

/** Operands of addition. */
export interface AddInputs {
  readonly a: Tensor;
  /** The shape of `a`, or its last axes only: it repeats over the others. */
  readonly b: Tensor;
}

const shader: Shader = {
  name: "add.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

const op: Op<AddInputs, Record<string, never>> = {
  name: "add",

  infer({ a, b }) {
    if (!sameShape(b.shape, a.shape.slice(a.shape.length - b.shape.length))) {
      throw new TypeError(
        `Cannot record add: b must have the shape of a or its last axes: ` +
          `got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}`,
      );
    }
    return [{ shape: a.shape, dtype: "f32" }];
  },

  describe: ({ a, b }) => `a=${a.shape.join("x")},b=${b.shape.join("x")}`,

  lower({ inputs: { a, b }, outputs: [y], adapter, dispatch }) {
    const count = elements(a.shape), period = elements(b.shape);
    const width = period % 4 === 0 || period === count ? 4 : 1;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      flags: { ELEMENT: width === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count: Math.ceil(count / width), period: Math.ceil(period / width) },
      bindings: { a, b, y },
      workgroups: grid(Math.ceil(count / width / invocations)),
    });
  },

  reference,

  cost: ({ a, b }) => ({
    flops: elements(a.shape),
    bytes: 4 * (2 * elements(a.shape) + elements(b.shape)),
  }),

  roundings: () => 1,

  gradient: (r, { inputs: { a, b }, dy, wants }) => ({
    a: dy,
    b: wants("b") && !sameShape(a.shape, b.shape) ? sumRows(r, dy, b.shape) : dy,
  }),
};

/** Sum of two tensors; `b` may have only the last axes of `a`. */
export function add(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return recorder.apply(op, { a, b }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(2);
  const make = (a: number[], b = a, more: Partial<Case<Record<string, never>>> = {}) => ({
    inputs: { a: tensor(a), b: tensor(b) },
    attrs: {},
    ...more,
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-45];
  return [
    make([1]),
    make([3]),
    make([4]),
    make([5]),
    make([1, 1, 1]),
    make([7, 13]),
    make([7, 13], [13]),
    make([6, 4, 8], [4, 8]),
    make([6, 4, 7], [4, 7]),
    make([5, 1], [1]),
    make([257]),
    make([256 * 4 + 1]),
    {
      ...make([49], [49], { note: "infinities and NaN" }),
      inputs: {
        a: tensor([49], (_, i) => special[i % 7] ?? 0),
        b: tensor([49], (_, i) => special[Math.floor(i / 7)] ?? 0),
      },
    },
    ...Array.from({ length: 30 }, () => {
      const shape = [rng.integer(1, 9), rng.integer(1, 33), rng.integer(1, 65)];
      return make(shape, shape.slice(rng.integer(0, 2)));
    }),
    make([800, 768], [800, 768], { model: true }),
    make([46, 13, 512], [13, 512], { model: true }),
  ];
}

/** Addition. */
export const addKernel: Kernel<AddInputs, Record<string, never>> = {
  op,
  record: (r, { a, b }) => add(r, a, b),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { a: tensor([4, 8]), b: tensor([4]) },
      attrs: {},
      says: "b must have the shape of a or its last axes: got a [4, 8] and b [4]",
    },
    {
      inputs: { a: tensor([8]), b: tensor([4, 8]) },
      attrs: {},
      says: "got a [8] and b [4, 8]",
    },
  ],
};
