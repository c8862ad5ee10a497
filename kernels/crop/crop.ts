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
import source from "./crop.wgsl" with { type: "text" };

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

export const shader: Shader = { name: "crop.wgsl", source };

export const op: Op<CropInputs, CropAttrs, "u8"> = {
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

  cost: ({ x }, { height, width }) => ({
    flops: 0,
    bytes: 8 * sizeAt(x.shape, 0) * height * width,
  }),
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
