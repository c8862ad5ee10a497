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
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import source from "./letterbox.wgsl" with { type: "text" };
import { type LetterboxAttrs, placeOf } from "./place.ts";
import { reference } from "./reference.ts";

/** Operand of a letterbox. */
export interface LetterboxInputs {
  /** `[B, h, w, 4]`: bytes, RGBA; alpha is ignored. */
  readonly x: Tensor<"u8">;
}

const shader: Shader = { name: "letterbox.wgsl", source };

const op: Op<LetterboxInputs, LetterboxAttrs> = {
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

  reference,
  cost: ({ x }, { size }) => ({
    flops: 6 * elements(x.shape) / 4,
    bytes: elements(x.shape) + 16 * sizeAt(x.shape, 0) * size * size,
  }),

  // A division, whose error near the middle grey the difference shows whole.
  roundings: () => 8,
};

/** Pictures on black squares `[B, S, S, 4]`, colours from -1 to 1 and a 0: what the face detector takes. */
export function letterbox(recorder: Recorder, x: Tensor<"u8">, size: number): Tensor {
  return recorder.apply(op, { x }, { size })[0];
}

function cases(): Case<LetterboxAttrs>[] {
  const rng = new Rng(52);
  const make = (pictures: number, height: number, width: number, size: number) => ({
    inputs: { x: tensor([pictures, height, width, 4], below(256), "u8") },
    attrs: { size },
  });
  return [
    make(1, 1, 1, 1),
    make(1, 1, 1, 4),
    make(2, 3, 5, 5),
    make(1, 5, 3, 6),
    make(3, 16, 9, 16),
    ...Array.from({ length: 20 }, () => {
      const size = rng.integer(1, 60);
      return make(rng.integer(1, 3), rng.integer(1, size), rng.integer(1, size), size);
    }),
    { ...make(1, 72, 128, 128), model: true },
  ];
}

/** Letterboxes. */
export const letterboxKernel: Kernel<LetterboxInputs, LetterboxAttrs> = {
  op,
  record: (r, { x }, { size }) => letterbox(r, x, size),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 8, 3], below(256), "u8") },
      attrs: { size: 8 },
      says: "x must be [B, H, W, 4]: got [1, 4, 8, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 9, 4], below(256), "u8") },
      attrs: { size: 8 },
      says: "x must fit the square of 8: got [1, 4, 9, 4]",
    },
  ],
};
