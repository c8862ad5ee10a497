import type { Shape } from "../../engine/mod.ts";
import { requireAxes } from "../shapes.ts";

/** Rows and columns around an image. */
export interface Pads {
  /** Rows above. */
  readonly top: number;
  /** Columns on the left. */
  readonly left: number;
  /** Rows below. */
  readonly bottom: number;
  /** Columns on the right. */
  readonly right: number;
}

/** How a window moves over an image. */
export interface WindowAttrs {
  /** Pixels from one position to the next, along both axes. */
  readonly stride: number;
  /**
   * As TFLite has it: `valid` is none, `same` as much as makes the result the size of the image
   * over the stride, rounded up; where that is odd, the larger half is below and on the right.
   */
  readonly padding: "same" | "valid" | Pads;
}

/** What a window makes of images `[B, H, W, C]`. Throws, for the operation named, where it cannot. */
export function windowSizes(
  name: string,
  x: { readonly shape: Shape },
  [windowHeight, windowWidth]: readonly [number, number],
  attrs: WindowAttrs,
) {
  const { stride } = attrs;
  const sizes = requireAxes(name, { x }, "[B, H, W, C]");
  const [images = 0, height = 0, width = 0, channels = 0] = sizes;
  const whole = [
    ["stride", stride],
    ["the window's height", windowHeight],
    ["the window's width", windowWidth],
  ] as const;
  for (const [what, size] of whole) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot record ${name}: ${what} must be a whole number of at least 1: got ${size}`,
      );
    }
  }
  const [top, bottom] = padsAlong(height, windowHeight, attrs, "top", "bottom");
  const [left, right] = padsAlong(width, windowWidth, attrs, "left", "right");
  for (const [side, pad] of Object.entries({ top, left, bottom, right })) {
    const size = side === "top" || side === "bottom" ? windowHeight : windowWidth;
    if (!Number.isInteger(pad) || pad < 0 || pad >= size) {
      throw new RangeError(
        `Cannot record ${name}: padding must be whole and smaller than the window: ` +
          `got ${side} ${pad} and a window of ${windowHeight} x ${windowWidth}`,
      );
    }
  }
  const positions = (size: number, window: number) => Math.floor((size - window) / stride) + 1;
  const outHeight = positions(top + height + bottom, windowHeight);
  const outWidth = positions(left + width + right, windowWidth);
  if (outHeight < 1 || outWidth < 1) {
    throw new RangeError(
      `Cannot record ${name}: the window must fit into the padded image: ` +
        `got a window of ${windowHeight} x ${windowWidth} and an image of ` +
        `${top + height + bottom} x ${left + width + right}`,
    );
  }
  return { images, height, width, channels, outHeight, outWidth, top, left };
}

/** Padding before and after, along one axis. */
function padsAlong(
  size: number,
  window: number,
  { stride, padding }: WindowAttrs,
  before: "top" | "left",
  after: "bottom" | "right",
): readonly [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return [padding[before], padding[after]];
  const missing = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/** The padding and stride in labels: `s=2`, `s=1,valid`, `s=1,pads=1.0.1.0` from the top leftwards. */
export function describeWindow({ stride, padding }: WindowAttrs): string {
  if (padding === "same") return `s=${stride}`;
  if (padding === "valid") return `s=${stride},valid`;
  const { top, left, bottom, right } = padding;
  return `s=${stride},pads=${[top, left, bottom, right].join(".")}`;
}

/** Invocations that window.wgsl takes for a result `[B, h, w, C]`: four pixels, four channels each. */
export function blocksOf(y: Shape): number {
  const [images = 0, height = 0, width = 0, channels = 0] = y;
  return Math.ceil(images * height * width / 4) * Math.ceil(channels / 4);
}

/** The parameters that window.wgsl wants. */
export function windowParams(
  { images, height, width, channels, outHeight, outWidth, top, left }: ReturnType<
    typeof windowSizes
  >,
  [windowHeight, windowWidth]: readonly [number, number],
  stride: number,
  outChannels = channels,
) {
  return {
    pixels: images * outHeight * outWidth,
    height,
    width,
    channels,
    out_height: outHeight,
    out_width: outWidth,
    out_channels: outChannels,
    window_height: windowHeight,
    window_width: windowWidth,
    stride,
    top,
    left,
  };
}
