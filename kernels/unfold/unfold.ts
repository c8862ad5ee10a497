import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import source from "./unfold.wgsl" with { type: "text" };

/** Operand of the unfolding. */
export interface UnfoldInputs {
  /** `[B, T, D]` */
  readonly x: Tensor;
}

const shader: Shader = { name: "unfold.wgsl", source, flags: { ELEMENT: ["vec4f", "f32"] } };

const op: Op<UnfoldInputs, Record<string, never>> = {
  name: "unfold",

  infer({ x }) {
    const [batch = 0, steps = 0, width = 0] = x.shape;
    if (x.shape.length !== 3) {
      throw new TypeError(`Cannot record unfold: x must be [B, T, D]: got ${formatShape(x.shape)}`);
    }
    return [{ shape: [batch, steps, 3 * width], dtype: "f32" }];
  },

  describe: ({ x }) => `B=${x.shape[0]},T=${x.shape[1]},D=${x.shape[2]}`,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const width = sizeAt(x.shape, 2);
    const per = width % 4 === 0 ? 4 : 1, invocations = choose(adapter).flatInvocations;
    const count = elements(y.shape) / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, steps: sizeAt(x.shape, 1) },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,
  cost: ({ x }) => ({ flops: 0, bytes: 16 * elements(x.shape) }),
  roundings: () => 0,
};

/** Each time step of `[B, T, D]` beside its neighbours: `[B, T, 3 D]`. */
export function unfold(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(16);
  const make = (b: number, t: number, d: number) => ({
    inputs: { x: tensor([b, t, d]) },
    attrs: {},
  });
  return [
    make(1, 1, 1),
    make(1, 1, 4),
    make(1, 2, 3),
    make(3, 1, 8),
    make(2, 3, 5),
    make(4, 5, 12),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 6), rng.integer(1, 20), rng.integer(1, 90)),
    ),
    { ...make(5, 16, 512), model: true },
  ];
}

/** Unfolding over time. */
export const unfoldKernel: Kernel<UnfoldInputs, Record<string, never>> = {
  op,
  record: (r, { x }) => unfold(r, x),
  shaders: [shader],
  cases,
  refusals: [
    { inputs: { x: tensor([4, 8]) }, attrs: {}, says: "x must be [B, T, D]: got [4, 8]" },
  ],
};
