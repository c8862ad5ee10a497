import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./letterbox.wgsl" with { type: "text" };
import { type LetterboxAttrs, placeOf } from "./place.ts";

/** Operand of a letterbox. */
export interface LetterboxInputs {
  /** `[B, h, w, 4]`: bytes, RGBA; alpha is ignored. */
  readonly x: Tensor<"u8">;
}

export const shader: Shader = { name: "letterbox.wgsl", source };

export const op: Op<LetterboxInputs, LetterboxAttrs> = {
  name: "letterbox",

  infer({ x }, { size }) {
    const [pictures, height = 0, width = 0, channels] = x.shape;
    if (pictures === undefined || x.shape.length !== 4 || channels !== 4) {
      throw new TypeError(
        `Cannot record letterbox: x must be [B, H, W, 4]: got ${formatShape(x.shape)}`,
      );
    }
    if (!Number.isInteger(size) || height > size || width > size) {
      throw new RangeError(
        `Cannot record letterbox: x must fit the square of ${size}: got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [pictures, size, size, 4], dtype: "f32" }];
  },

  describe: ({ x: { shape: [pictures, height, width] } }, { size }) =>
    `B=${pictures},H=${height},W=${width},size=${size}`,

  lower({ inputs: { x }, outputs: [y], attrs: { size }, adapter, dispatch }) {
    const count = elements(y.shape) / 4, invocations = choose(adapter).flatInvocations;
    const height = sizeAt(x.shape, 1), width = sizeAt(x.shape, 2);
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count, size, height, width, ...placeOf(height, width, size) },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost: ({ x }, { size }) => ({
    flops: 6 * elements(x.shape) / 4,
    bytes: elements(x.shape) + 16 * sizeAt(x.shape, 0) * size * size,
  }),
};

/** Pictures on black squares `[B, S, S, 4]`, colours from -1 to 1 and a 0: what the face detector takes. */
export function letterbox(recorder: Recorder, x: Tensor<"u8">, size: number): Tensor {
  return recorder.apply(op, { x }, { size })[0];
}
