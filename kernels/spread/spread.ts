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
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { meanSizes } from "../mean/sizes.ts";
import { reference } from "./reference.ts";
import source from "./spread.wgsl" with { type: "text" };

/** Operand of the repetition. */
export interface SpreadInputs {
  readonly x: Tensor;
}

/** Settings of the repetition. */
export interface SpreadAttrs {
  /** What comes out. */
  readonly shape: Shape;
  /** The axis of it that x lacks. */
  readonly axis: number;
  /** What each copy is multiplied with. */
  readonly factor: number;
}

const shader: Shader = { name: "spread.wgsl", source };

const op: Op<SpreadInputs, SpreadAttrs> = {
  name: "spread",

  infer({ x }, { shape, axis }) {
    if (!sameShape(x.shape, meanSizes(shape, axis).shape)) {
      throw new TypeError(
        `Cannot record spread: x must be ${formatShape(shape)} without axis ${axis}: ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: (_, { shape, axis }) => `y=${shape.join("x")},axis=${axis}`,

  lower({ inputs: { x }, outputs: [y], attrs: { shape, axis, factor }, adapter, dispatch }) {
    const { count: repeats, inner } = meanSizes(shape, axis);
    const count = elements(shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count, repeats, inner, factor },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost: ({ x }, { shape }) => ({
    flops: elements(shape),
    bytes: 4 * (elements(x.shape) + elements(shape)),
  }),

  roundings: () => 2, // the factor is rounded as well
};

/** A tensor repeated along an axis that it lacks, times a factor. */
export function spread(
  recorder: Recorder,
  x: Tensor,
  attrs: SpreadAttrs,
): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}

function cases(): Case<SpreadAttrs>[] {
  const rng = new Rng(40);
  const make = (shape: number[], axis: number, factor = 0.3) => ({
    inputs: { x: tensor([...meanSizes(shape, axis).shape]) },
    attrs: { shape, axis, factor },
  });
  return [
    make([1, 1], 0),
    make([3, 5], 0),
    make([3, 5], 1),
    make([2, 3, 4], 1),
    make([2, 3, 4], -1, 1),
    make([65, 7], 1),
    ...Array.from(
      { length: 20 },
      () => make([rng.integer(1, 9), rng.integer(1, 20), rng.integer(1, 70)], rng.integer(0, 2)),
    ),
    { ...make([8, 20, 512], 1, 1 / 20), model: true },
  ];
}

/** Repetition along an axis. */
export const spreadKernel: Kernel<SpreadInputs, SpreadAttrs> = {
  op,
  record: (r, { x }, attrs) => spread(r, x, attrs),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]) },
      attrs: { shape: [4, 2, 5], axis: 1, factor: 1 },
      says: "x must be [4, 2, 5] without axis 1: got [4, 3]",
    },
  ],
};
