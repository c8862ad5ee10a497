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
import { spread } from "../spread/spread.ts";
import source from "./mean.wgsl" with { type: "text" };
import { reference } from "./reference.ts";
import { meanSizes } from "./sizes.ts";

/** Operand of the mean. */
export interface MeanInputs {
  readonly x: Tensor;
}

/** Settings of the mean. */
export interface MeanAttrs {
  /** The axis that goes; negative counts from the end. */
  readonly axis: number;
}

const shader: Shader = { name: "mean.wgsl", source };

const op: Op<MeanInputs, MeanAttrs> = {
  name: "mean",

  infer({ x }, { axis }) {
    if (!Number.isInteger(axis) || axis < -x.shape.length || axis >= x.shape.length) {
      throw new RangeError(
        `Cannot record mean: axis ${axis} is not one of ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: meanSizes(x.shape, axis).shape, dtype: "f32" }];
  },

  describe: ({ x }, { axis }) => `x=${x.shape.join("x")},axis=${axis}`,

  lower({ inputs: { x }, outputs: [y], attrs: { axis }, adapter, dispatch }) {
    const { outer, count, inner } = meanSizes(x.shape, axis);
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { outer, count, inner },
      bindings: { x, y },
      workgroups: grid(Math.ceil(outer * inner / invocations)),
    });
  },

  reference,

  cost: ({ x }, { axis }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(meanSizes(x.shape, axis).shape)),
  }),

  roundings: ({ x }, { axis }) => meanSizes(x.shape, axis).count + 1,

  gradient: (r, { inputs: { x }, dy, attrs: { axis } }) => ({
    x: spread(r, dy, { shape: x.shape, axis, factor: 1 / meanSizes(x.shape, axis).count }),
  }),
};

/** The mean over one axis, which goes. */
export function mean(recorder: Recorder, x: Tensor, axis: number): Tensor {
  return recorder.apply(op, { x }, { axis })[0];
}

function cases(): Case<MeanAttrs>[] {
  const rng = new Rng(8);
  const make = (shape: number[], axis: number, fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { axis },
    ...(note === undefined ? {} : { note }),
  });
  return [
    make([1], 0),
    make([5], 0),
    make([5], -1),
    make([2, 3], 0),
    make([2, 3], 1),
    make([2, 3, 4], 0),
    make([2, 3, 4], 1),
    make([2, 3, 4], 2),
    make([2, 3, 4], -3),
    make([7, 1, 9], 1),
    make([300, 400], 0),
    make([300, 400], 1),
    make(
      [2, 3, 2],
      1,
      (_, i) => [1, NaN, Infinity, 2, -Infinity, 3][i % 6] ?? 0,
      "NaN, infinities",
    ),
    ...Array.from({ length: 30 }, () => {
      const shape = [rng.integer(1, 9), rng.integer(1, 33), rng.integer(1, 65)];
      return make(shape, rng.integer(-3, 2));
    }),
    { ...make([5, 16, 512], 1), model: true },
    { ...make([40, 20, 512], 1), model: true },
    { ...make([46, 512], 0), model: true },
  ];
}

/** The mean over an axis. */
export const meanKernel: Kernel<MeanInputs, MeanAttrs> = {
  op,
  record: (r, { x }, { axis }) => mean(r, x, axis),
  shaders: [shader],
  cases,
  refusals: [
    { inputs: { x: tensor([2, 3]) }, attrs: { axis: 2 }, says: "axis 2 is not one of [2, 3]" },
    { inputs: { x: tensor([2, 3]) }, attrs: { axis: 0.5 }, says: "axis 0.5 is not one of [2, 3]" },
  ],
};
