import type { Shape } from "../../engine/mod.ts";
import type { Layout } from "../dsfda/layout.ts";
import { frameShapes, type FrameSizes } from "./sizes.ts";

/**
 * How the device wants each parameter. A convolution's weight is a row for each channel, with its taps
 * outermost; linear layers are `[in, out]`. LFAN's queries, keys and values lie head by head in the authors'
 * files and one kind after the other here, and what attention gives lies modality by modality here.
 */
export function frameLayouts(sizes: FrameSizes): Map<string, Layout> {
  return new Map(
    [...frameShapes(sizes)].map(([name, shape]) => [name, layoutOf(name, shape, sizes)]),
  );
}

function layoutOf(
  name: string,
  shape: Shape,
  { width, heads, modalities }: FrameSizes,
): Layout {
  const [outputs = 1, inputs = 1, taps = 1] = shape, head = width / heads;
  if (name.endsWith("weight_v")) {
    return { from: shape, order: [0, 2, 1], shape: [outputs, taps * inputs] };
  }
  if (name.includes("qkv_proj")) {
    return shape.length === 1
      ? { from: [heads, 3, head], order: [1, 0, 2], shape: [outputs] }
      : { from: [heads, 3, head, inputs], order: [3, 1, 0, 2], shape: [inputs, outputs] };
  }
  if (name.endsWith("o_proj.weight")) {
    return {
      from: [outputs, heads, modalities.length, head],
      order: [2, 1, 3, 0],
      shape: [inputs, outputs],
    };
  }
  if (shape.length === 1 || name.endsWith("weight_g")) {
    return { from: [outputs], order: [0], shape: [outputs] };
  }
  return { from: [outputs, inputs], order: [1, 0], shape: [inputs, outputs] };
}
