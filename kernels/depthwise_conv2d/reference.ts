import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import type { ConvolutionAttrs, ConvolutionInputs } from "../conv2d/convolution.ts";
import { positions } from "../conv2d/reference.ts";

/** Depthwise convolution in float64, with zeros around the image. */
export function reference(
  { x, weight, bias }: InputValues<ConvolutionInputs>,
  { activation, ...attrs }: ConvolutionAttrs,
): [Values] {
  const images = sizeAt(x.shape, 0), height = sizeAt(x.shape, 1), width = sizeAt(x.shape, 2);
  const [windowHeight = 1, windowWidth = 1, channels = 1] = weight.shape;
  const rows = positions(height, windowHeight, attrs, "top", "bottom");
  const columns = positions(width, windowWidth, attrs, "left", "right");
  const y = new Float64Array(images * rows.length * columns.length * channels);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let p = 0; p < windowHeight; p++) {
            for (let q = 0; q < windowWidth; q++) {
              const i = row + p, j = column + q;
              const inside = i >= 0 && i < height && j >= 0 && j < width;
              const pixel = (image * height + i) * width + j;
              sum += (inside ? x.data[pixel * channels + c] as number : 0) *
                (weight.data[(p * windowWidth + q) * channels + c] as number);
            }
          }
          y[at++] = activate(activation, sum + (bias.data[c] as number));
        }
      }
    }
  }
  return [{ shape: [images, rows.length, columns.length, channels], data: y }];
}
