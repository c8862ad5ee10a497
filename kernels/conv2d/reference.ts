import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import type { Tensors } from "../shapes.ts";
import type { ConvolutionAttrs } from "./conv2d.ts";
import type { WeightGradientAttrs } from "./weight_gradient.ts";
import type { WindowAttrs } from "./window.ts";

/** Convolution in float64, with zeros around the image; of each channel by itself where the weight has three axes. */
export function reference(
  { x, weight, bias }: InputValues<Tensors<"x" | "weight" | "bias">>,
  { activation, ...attrs }: ConvolutionAttrs,
): [Values] {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [windowHeight = 1, windowWidth = 1] = weight.shape;
  const depthwise = weight.shape.length === 3, outChannels = sizeAt(weight.shape, -1);
  const rows = positions(height, windowHeight, attrs, "top", "bottom");
  const columns = positions(width, windowWidth, attrs, "left", "right");
  const y = new Float64Array(images * rows.length * columns.length * outChannels);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const row of rows) {
      for (const column of columns) {
        const sums = y.subarray(at, at += outChannels);
        for (let p = 0; p < windowHeight; p++) {
          for (let q = 0; q < windowWidth; q++) {
            const i = row + p, j = column + q;
            const inside = i >= 0 && i < height && j >= 0 && j < width;
            const pixel = (image * height + i) * width + j;
            for (let c = 0; c < channels; c++) {
              const value = inside ? x.data[pixel * channels + c] as number : 0;
              const tap = (p * windowWidth + q) * channels + c;
              const [first, end] = depthwise ? [c, c + 1] : [0, outChannels];
              const line = depthwise ? tap - c : tap * outChannels;
              for (let o = first; o < end; o++) {
                sums[o] = (sums[o] as number) + value * (weight.data[line + o] as number);
              }
            }
          }
        }
        for (let o = 0; o < outChannels; o++) {
          sums[o] = activate(activation, (sums[o] as number) + (bias.data[o] as number));
        }
      }
    }
  }
  return [{ shape: [images, rows.length, columns.length, outChannels], data: y }];
}

/** Parts of a convolution's gradient by its weight: each of as many whole lines as have 512 pixels at most. */
export function weightGradientReference(
  { x, dy }: InputValues<Tensors<"x" | "dy">>,
  { window: [windowHeight, windowWidth], ...attrs }: WeightGradientAttrs,
): [Values] {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape,
    outChannels = sizeAt(dy.shape, 3);
  const rows = positions(height, windowHeight, attrs, "top", "bottom");
  const columns = positions(width, windowWidth, attrs, "left", "right");
  const lines = Math.max(1, Math.floor(512 / columns.length));
  const blocks = Math.ceil(rows.length / lines);
  const shape = [images * blocks, windowHeight, windowWidth, channels, outChannels];
  const data = new Float64Array(shape.reduce((product, axis) => product * axis, 1));
  const size = data.length / (images * blocks);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const [line, row] of rows.entries()) {
      const part = (image * blocks + Math.floor(line / lines)) * size;
      for (const column of columns) {
        for (let p = 0; p < windowHeight; p++) {
          for (let q = 0; q < windowWidth; q++) {
            const i = row + p, j = column + q;
            if (i < 0 || i >= height || j < 0 || j >= width) continue;
            for (let c = 0; c < channels; c++) {
              const from = ((image * height + i) * width + j) * channels + c;
              for (let o = 0; o < outChannels; o++) {
                const to = part + ((p * windowWidth + q) * channels + c) * outChannels + o;
                data[to] = (data[to] as number) +
                  (x.data[from] as number) * (dy.data[at + o] as number);
              }
            }
          }
        }
        at += outChannels;
      }
    }
  }
  return [{ shape, data }];
}

/**
 * Where a window begins at each of its positions along one axis, by TensorFlow's definition: `same`
 * takes as many as there are whole or begun strides in the image and centres them.
 */
export function positions(
  size: number,
  window: number,
  { stride, padding }: WindowAttrs,
  before: "top" | "left",
  after: "bottom" | "right",
): number[] {
  const starts: number[] = [];
  if (padding === "same") {
    for (let start = 0; start < size; start += stride) starts.push(start);
    const over = (starts.at(-1) ?? 0) + window - size;
    const shift = over > 0 ? (over - over % 2) / 2 : 0;
    return starts.map((start) => start - shift);
  }
  const [first, end] = padding === "valid" ? [0, size] : [-padding[before], size + padding[after]];
  for (let start = first; start + window <= end; start += stride) starts.push(start);
  return starts;
}
