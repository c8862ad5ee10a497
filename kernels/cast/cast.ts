import {
  bytesPerElement,
  elements,
  type Op,
  type Recorder,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import toF16Source from "./to_f16.wgsl" with { type: "text" };
import toF32Source from "./to_f32.wgsl" with { type: "text" };

/** Operand of a cast. */
export interface CastInputs {
  readonly x: Tensor<"f32" | "f16" | "u8">;
}

/** Settings of a cast. */
export interface CastAttrs {
  readonly to: "f32" | "f16";
}

export const toF16: Shader = { name: "to_f16.wgsl", source: toF16Source };

export const toF32: Shader = {
  name: "to_f32.wgsl",
  source: toF32Source,
  flags: { BYTES: [false, true] },
};

export const op: Op<CastInputs, CastAttrs, "f32" | "f16"> = {
  name: "cast",

  infer({ x }, { to }) {
    const known = to === "f16" ? x.dtype === "f32" : x.dtype === "f16" || x.dtype === "u8";
    if (!known) {
      throw new TypeError(
        `Cannot record cast: it goes from f32 to f16, or from f16 or u8 to f32: ` +
          `got ${x.dtype} to ${to}`,
      );
    }
    return [{ shape: x.shape, dtype: to }];
  },

  describe: ({ x }, { to }) => `x=${x.shape.join("x")},${x.dtype} to ${to}`,

  lower({ inputs: { x }, outputs: [y], attrs: { to }, adapter, dispatch }) {
    const invocations = choose(adapter).flatInvocations;
    const perWord = x.dtype === "u8" ? 4 : 2;
    const words = Math.ceil(elements(x.shape) / perWord);
    dispatch({
      ...(to === "f16"
        ? { shader: toF16, params: { count2: words } }
        : { shader: toF32, flags: { BYTES: x.dtype === "u8" }, params: { words } }),
      constants: { INVOCATIONS: invocations },
      bindings: { x, y },
      workgroups: grid(Math.ceil(words / invocations)),
    });
  },

  cost: ({ x }, { to }) => ({
    flops: 0,
    bytes: elements(x.shape) * (bytesPerElement[x.dtype] + bytesPerElement[to]),
  }),
};

/** The same numbers in another element type: f32 to f16, rounded to nearest even, or back. */
export function cast<D extends "f32" | "f16">(
  recorder: Recorder,
  x: Tensor<"f32" | "f16" | "u8">,
  to: D,
): Tensor<D> {
  return recorder.apply(op, { x }, { to })[0] as Tensor<D>;
}
