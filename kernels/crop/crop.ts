import { elements, formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireImages, type Tensors } from "../shapes.ts";
import source from "./crop.wgsl" with { type: "text" };

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

export const op = perElement<Tensors<"x", "u8">, CropAttrs, "u8">({
  name: "crop",
  source,
  reads: { x: "u32" },
  writes: { y: "u32" },
  infer({ x }, { top, left, height, width }) {
    const { images, height: rows, width: columns } = requireImages("crop", x, 4);
    const fits = (start: number, size: number, whole: number) =>
      Number.isInteger(start) && Number.isInteger(size) && start >= 0 && size >= 1 &&
      start + size <= whole;
    if (!fits(top, height, rows) || !fits(left, width, columns)) {
      throw new RangeError(
        `Cannot record crop: the rectangle must be whole pixels within x: ` +
          `got ${height} x ${width} at ${top}, ${left} and x ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [images, height, width, 4], dtype: "u8" }];
  },
  describe: ({ x }, { top, left, height, width }) =>
    `${describeAxes("B H W", x)},h=${height},w=${width},top=${top},left=${left}`,
  count: (_, __, y) => elements(y) / 4,
  params({ x }, { top, left, height: new_height, width: new_width }) {
    const [, height = 0, width = 0] = x.shape;
    return { height, width, new_height, new_width, top, left };
  },
  cost: ({ x }, { height, width }) => ({ flops: 0, bytes: 8 * (x.shape[0] ?? 0) * height * width }),
});

/** A rectangle of each image `[B, H, W, 4]`. */
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
