import { elements, type Shape } from "../../engine/mod.ts";

/** How a tensor of a checkpoint lies on the device: cut into axes, which change places. */
export interface Layout {
  /** The checkpoint's axes. */
  readonly from: Shape;
  /** Which of them comes first, second, ... */
  readonly order: readonly number[];
  /** The shape on the device. */
  readonly shape: Shape;
}

/**
 * How the device wants a parameter. Pictures have their channels last here, and so has a window; a
 * convolution of single pixels is a product, and a transposed one ends with windows. The head's first layer takes a latent `[C, H, W]` as one window as large as the latent.
 */
export function layoutOf(name: string, shape: Shape, latentChannels: number): Layout {
  const [outputs = 1, inputs = 1, rows = 1, columns = 1] = shape;
  if (/(^|\.)dec\.us\d/.test(name)) {
    return { from: shape, order: [0, 2, 3, 1], shape: [outputs, rows * columns * inputs] };
  }
  if (shape.length === 4) {
    if (rows === 1) return { from: shape, order: [2, 3, 1, 0], shape: [inputs, outputs] };
    // Four channels are read at once: pictures get a fourth, of zeros.
    const read = inputs === 3 ? 4 : inputs;
    return { from: shape, order: [2, 3, 1, 0], shape: [rows, columns, read, outputs] };
  }
  if (name.endsWith("fc1.weight")) {
    const side = Math.sqrt(inputs / latentChannels);
    return {
      from: [outputs, latentChannels, side, side],
      order: [2, 3, 1, 0],
      shape: [inputs, outputs],
    };
  }
  if (shape.length === 2) return { from: shape, order: [1, 0], shape: [inputs, outputs] };
  return { from: shape, order: shape.map((_, axis) => axis), shape };
}

/** Numbers with their axes in another order. */
export function permute<A extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  data: A,
  from: Shape,
  order: readonly number[],
): A {
  const strides = from.map((_, axis) => from.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => from[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const result = data.slice() as A, place = sizes.map(() => 0);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[at] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += steps[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (sizes[axis] as number)) break;
      at -= (steps[axis] as number) * (sizes[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
}

/** A parameter's numbers as the device wants them. */
export function toDevice(data: Float32Array<ArrayBuffer>, layout: Layout) {
  const turned = permute(data, layout.from, layout.order);
  const rows = rowsWithout(layout);
  if (!rows) return turned;
  const padded = new Float32Array(elements(layout.shape));
  for (let n = 0; n * rows.kept < turned.length; n++) {
    padded.set(turned.subarray(n * rows.kept, (n + 1) * rows.kept), n * rows.all);
  }
  return padded;
}

/** And back, as the checkpoint has them. */
export function fromDevice(data: Float32Array<ArrayBuffer>, layout: Layout) {
  const { from, order } = layout, rows = rowsWithout(layout);
  let kept = data;
  if (rows) {
    kept = new Float32Array(elements(from));
    for (let n = 0; n * rows.kept < kept.length; n++) {
      kept.set(data.subarray(n * rows.all, n * rows.all + rows.kept), n * rows.kept);
    }
  }
  return permute(
    kept,
    order.map((axis) => from[axis] as number),
    from.map((_, axis) => order.indexOf(axis)),
  );
}

/** The numbers of a window's pixel, with the channel that the device adds and without, where it adds one. */
function rowsWithout(
  { from, shape }: Layout,
): { readonly all: number; readonly kept: number } | undefined {
  if (elements(from) === elements(shape)) return undefined;
  const [, , channels = 0, outputs = 0] = shape;
  return { all: channels * outputs, kept: (channels - 1) * outputs };
}

/** Pictures `[B, C, H, W]` with their channels last. */
export function channelsLast<A extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  data: A,
  shape: Shape,
): A {
  return permute(data, shape, [0, 2, 3, 1]);
}

/** Pictures `[B, H, W, C]` with their channels first. */
export function channelsFirst(
  data: Float32Array<ArrayBuffer>,
  shape: Shape,
): Float32Array<ArrayBuffer> {
  return permute(data, shape, [0, 3, 1, 2]);
}
