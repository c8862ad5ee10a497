import {
  type AnyTensor,
  elements,
  type Recorder,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import { launchPerElement, perElementShader } from "../per_element.ts";
import { describeAxes, requireImages, type Tensors } from "../shapes.ts";
import source from "./resize.wgsl" with { type: "text" };

/** How source pixels are weighted, by their distance in units of the target's or source's pixels. */
export type Filter = "bicubic" | "bilinear";

/** Settings of a resize. */
export interface ResizeAttrs {
  /** Of the result. */
  readonly height: number;
  /** Of the result. */
  readonly width: number;
  /** How pixels in between are worked out. */
  readonly filter: Filter;
}

const shader: Shader = {
  ...perElementShader({
    name: "resize",
    source,
    reads: { x: "u32", taps: "i32" },
    writes: { y: "u32" },
    flags: { VERTICAL: [false, true], RGB: [false, true] },
  }),
  excludes: ({ VERTICAL, RGB }) => VERTICAL === true && RGB === true,
};

export const op: LaunchedOp<Tensors<"x", "u8">, ResizeAttrs, "u8"> = {
  name: "resize",
  shaders: [shader],

  infer({ x }, { height, width }) {
    const { images } = requireImages("resize", x, 3, 4);
    if (![height, width].every((size) => Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `Cannot record resize: height and width must be whole numbers of at least 1: ` +
          `got ${height} and ${width}`,
      );
    }
    return [{ shape: [images, height, width, 4], dtype: "u8" }];
  },

  describe: ({ x }, { height, width, filter }) =>
    `${describeAxes("B H W C", x)},h=${height},w=${width},${filter}`,

  lower(job) {
    const { inputs: { x }, outputs: [y], attrs, scratch, constant } = job;
    const [images = 0, rows = 0, columns = 0, channels] = x.shape;
    const { height, width, filter } = attrs;
    const narrowed = scratch("narrowed", { shape: [images, rows, width, 4], dtype: "u8" });
    const pass = (from: AnyTensor, to: AnyTensor, size: number, newSize: number, lines: number) => {
      const vertical = from === narrowed, rgb = !vertical && channels === 3;
      const { taps, stride } = tapTable(size, newSize, filter);
      const blocks = Math.ceil(lines / 4) * (vertical ? images : 1);
      launchPerElement(job, {
        shader,
        flags: { VERTICAL: vertical, RGB: rgb },
        params: { count: blocks * newSize, lines, size, new_size: newSize, stride },
        bindings: { x: from, taps: constant(`taps ${size} to ${newSize}`, taps), y: to },
      });
    };
    pass(x, narrowed, columns, width, images * rows);
    pass(narrowed, y, rows, height, width);
  },

  // A multiply-add for each tap and colour; the bytes between the passes are not counted.
  cost({ x }, { height, width, filter }) {
    const [images = 0, rows = 0, columns = 0] = x.shape;
    const count = (source: number, target: number) =>
      computeTaps(source, target, filter).reduce((sum, { weights }) => sum + weights.length, 0);
    return {
      flops: 6 * images * (rows * count(columns, width) + width * count(rows, height)),
      bytes: elements(x.shape) + images * height * width * 4,
    };
  },
};

/** The taps of one pass as the kernel reads them; weights of 0 at either end are left out. */
function tapTable(size: number, newSize: number, filter: Filter) {
  const rows = computeTaps(size, newSize, filter).map(({ start, weights }) => {
    const first = weights.findIndex((weight) => weight !== 0);
    const used = weights.slice(first, weights.findLastIndex((weight) => weight !== 0) + 1);
    return [start + first, used.length, ...used];
  });
  const stride = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const taps = new Int32Array(newSize * stride);
  for (const [m, row] of rows.entries()) taps.set(row, m * stride);
  return { taps, stride };
}

/**
 * Images of another size, byte for byte as PIL's `resize()` makes them: antialiased where they
 * shrink. The result is RGBA, whatever `x` is; its alpha is always 255.
 */
export function resize(recorder: Recorder, x: Tensor<"u8">, attrs: ResizeAttrs): Tensor<"u8"> {
  return recorder.apply(op, { x }, attrs)[0];
}

/** The source positions that make one target position, with their weights in units of 2^-22. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** Reach and shape of each filter. */
const kernels = {
  bilinear: { reach: 1, weight: (x: number) => x < 1 ? 1 - x : 0 },
  bicubic: {
    reach: 2,
    weight: (x: number) =>
      x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0,
  },
} as const;
const a = -0.5;

/**
 * For each position along one axis of the target, what it is made of. The order of operations is
 * PIL's, in float64 as there: another one could turn a weight's last bit and a pixel with it.
 */
export function computeTaps(source: number, target: number, filter: Filter): Taps[] {
  const { reach, weight } = kernels[filter];
  const scale = source / target;
  // Where the image shrinks, the filter widens with it: that is the antialiasing.
  const widening = Math.max(scale, 1);
  return Array.from({ length: target }, (_, m) => {
    const centre = (m + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - reach * widening + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach * widening + 0.5), source);
    const raw = Array.from(
      { length: end - start },
      (_, k) => weight(Math.abs((k + start - centre + 0.5) * (1 / widening))),
    );
    const total = raw.reduce((sum, value) => sum + value, 0);
    return { start, weights: raw.map((value) => toFixedPoint(value / total)) };
  });
}

/** Rounded to the nearest unit, halves away from zero. */
function toFixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** 22 + (weight < 0 ? -0.5 : 0.5));
}
