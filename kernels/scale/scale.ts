import {
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import source from "./scale.wgsl" with { type: "text" };

/** Operand of scaling. */
export interface ScaleInputs {
  readonly x: Tensor;
}

/** Settings of scaling. */
export interface ScaleAttrs {
  readonly factor: number;
}

const shader: Shader = { name: "scale.wgsl", source };

const op: Op<ScaleInputs, ScaleAttrs> = {
  name: "scale",

  infer({ x }, { factor }) {
    if (!Number.isFinite(Math.fround(factor))) {
      throw new RangeError(`Cannot record scale: factor must be a float32 number: got ${factor}`);
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: ({ x }, { factor }) => `x=${x.shape.join("x")},factor=${factor}`,

  lower({ inputs: { x }, outputs: [y], attrs: { factor }, adapter, dispatch }) {
    const count4 = Math.ceil(elements(x.shape) / 4);
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count4, factor },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },

  reference,
  cost: ({ x }) => ({ flops: elements(x.shape), bytes: 8 * elements(x.shape) }),
  roundings: () => 1,

  gradient: (r, { dy, attrs: { factor } }) => ({ x: scale(r, dy, factor) }),
};

/** A tensor times a number. */
export function scale(recorder: Recorder, x: Tensor, factor: number): Tensor {
  return recorder.apply(op, { x }, { factor })[0];
}

function cases(): Case<ScaleAttrs>[] {
  const rng = new Rng(9);
  const make = (shape: number[], factor: number, fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { factor },
    ...(note === undefined ? {} : { note }),
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-30];
  return [
    ...[1, 2, 3, 4, 5, 255, 257, 1024, 1025].map((count) => make([count], 5)),
    make([3, 5, 7], -0.1),
    make([7], 3, (_, i) => special[i] ?? 0, "special values"),
    make([7], 0, (_, i) => special[i] ?? 0, "special values"),
    ...Array.from(
      { length: 30 },
      () => make([rng.integer(1, 60), rng.integer(1, 200)], rng.integer(-40, 40) / 8),
    ),
    { ...make([200, 46], 5), model: true },
    { ...make([800, 768], 0.125), model: true },
  ];
}

/** Scaling. */
export const scaleKernel: Kernel<ScaleInputs, ScaleAttrs> = {
  op,
  record: (r, { x }, { factor }) => scale(r, x, factor),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4]) },
      attrs: { factor: NaN },
      says: "must be a float32 number: got NaN",
    },
    { inputs: { x: tensor([4]) }, attrs: { factor: 1e39 }, says: "got 1e+39" },
  ],
};
