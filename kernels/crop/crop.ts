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
import source from "./crop.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operand of a crop. */
export interface CropInputs {
  /** `[B, H, W, 4]`: bytes. */
  readonly x: Tensor<"u8">;
}

/** The rectangle, in pixels. */
export interface CropAttrs {
  /** Of the first row. */
  readonly top: number;
  /** Of the first column. */
  readonly left: number;
  /** Of the result. */
  readonly height: number;
  /** Of the result. */
  readonly width: number;
}

const shader: Shader = { name: "crop.wgsl", source };

const op: Op<CropInputs, CropAttrs, "u8"> = {
  name: "crop",

  infer({ x }, { top, left, height, width }) {
    if (x.shape.length !== 4 || sizeAt(x.shape, 3) !== 4) {
      throw new TypeError(
        `Cannot record crop: x must be [B, H, W, 4]: got ${formatShape(x.shape)}`,
      );
    }
    const fits = (start: number, size: number, whole: number) =>
      Number.isInteger(start) && Number.isInteger(size) && start >= 0 && size >= 1 &&
      start + size <= whole;
    if (!fits(top, height, sizeAt(x.shape, 1)) || !fits(left, width, sizeAt(x.shape, 2))) {
      throw new RangeError(
        `Cannot record crop: the rectangle must be whole pixels within x: ` +
          `got ${height} x ${width} at ${top}, ${left} and x ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [sizeAt(x.shape, 0), height, width, 4], dtype: "u8" }];
  },

  describe({ x }, { top, left, height, width }) {
    const [images, rows, columns] = x.shape;
    return `B=${images},H=${rows},W=${columns},h=${height},w=${width},top=${top},left=${left}`;
  },

  lower({ inputs: { x }, outputs: [y], attrs: { top, left }, adapter, dispatch }) {
    const count = elements(y.shape) / 4;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: {
        count,
        height: sizeAt(x.shape, 1),
        width: sizeAt(x.shape, 2),
        new_height: sizeAt(y.shape, 1),
        new_width: sizeAt(y.shape, 2),
        top,
        left,
      },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,
  cost: ({ x }, { height, width }) => ({
    flops: 0,
    bytes: 8 * sizeAt(x.shape, 0) * height * width,
  }),
  roundings: () => 0,
};

/** A rectangle of each image. */
export function crop(recorder: Recorder, x: Tensor<"u8">, attrs: CropAttrs): Tensor<"u8"> {
  return recorder.apply(op, { x }, attrs)[0];
}

/**
 * The square in the middle of an image, where torchvision's CenterCrop puts it: halves of a pixel
 * round to the even side, as in Python.
 */
export function centerCrop(height: number, width: number, size: number): CropAttrs {
  if (size > Math.min(height, width)) {
    throw new RangeError(
      `Cannot crop the centre: the image must be at least ${size} x ${size}: ` +
        `got ${height} x ${width}`,
    );
  }
  return {
    top: roundHalfEven((height - size) / 2),
    left: roundHalfEven((width - size) / 2),
    height: size,
    width: size,
  };
}

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + down % 2 : Math.round(x);
}

function cases(): Case<CropAttrs>[] {
  const rng = new Rng(21);
  const make = (
    images: number,
    [rows, columns]: readonly [number, number],
    attrs: CropAttrs,
    more: Partial<Case<CropAttrs>> = {},
  ) => ({ inputs: { x: tensor([images, rows, columns, 4], below(256), "u8") }, attrs, ...more });
  return [
    make(1, [1, 1], { top: 0, left: 0, height: 1, width: 1 }),
    make(1, [5, 7], { top: 0, left: 0, height: 5, width: 7 }),
    make(1, [5, 7], { top: 4, left: 6, height: 1, width: 1 }),
    make(1, [5, 7], { top: 2, left: 0, height: 1, width: 7 }),
    make(1, [5, 7], { top: 0, left: 3, height: 5, width: 1 }),
    make(3, [4, 6], { top: 1, left: 1, height: 3, width: 4 }),
    make(2, [9, 8], { top: 0, left: 2, height: 9, width: 3 }),
    // The centre, with the remainders that round down and up.
    ...[[7, 8], [8, 9], [9, 10], [10, 11]].map(([rows = 1, columns = 1]) =>
      make(1, [rows, columns], centerCrop(rows, columns, 5))
    ),
    ...Array.from({ length: 30 }, () => {
      const rows = rng.integer(1, 40), columns = rng.integer(1, 40);
      const height = rng.integer(1, rows), width = rng.integer(1, columns);
      return make(rng.integer(1, 3), [rows, columns], {
        top: rng.integer(0, rows - height),
        left: rng.integer(0, columns - width),
        height,
        width,
      });
    }),
    make(1, [224, 398], centerCrop(224, 398, 224), { model: true }),
    make(16, [274, 224], centerCrop(274, 224, 224)),
  ];
}

/** A rectangle of each image. */
export const cropKernel: Kernel<CropInputs, CropAttrs, "u8"> = {
  op,
  record: (r, { x }, attrs) => crop(r, x, attrs),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { top: 0, left: 0, height: 2, width: 2 },
      says: "x must be [B, H, W, 4]: got [1, 4, 4, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 1, left: 3, height: 3, width: 4 },
      says: "must be whole pixels within x: got 3 x 4 at 1, 3 and x [1, 4, 6, 4]",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 2, left: 0, height: 3, width: 4 },
      says: "got 3 x 4 at 2, 0",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: -1, left: 0, height: 3, width: 4 },
      says: "got 3 x 4 at -1, 0",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 0, left: 0.5, height: 3, width: 4 },
      says: "got 3 x 4 at 0, 0.5",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 0, left: 0, height: 0, width: 4 },
      says: "got 0 x 4 at 0, 0",
    },
  ],
};
