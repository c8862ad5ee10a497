import {
  type AnyTensor,
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { below, type Case, type Fill, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import source from "./resize.wgsl" with { type: "text" };
import { computeTaps, type Filter } from "./taps.ts";

/** Operand of a resize. */
export interface ResizeInputs {
  /** `[B, H, W, C]`: bytes, RGB or RGBA. */
  readonly x: Tensor<"u8">;
}

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
  name: "resize.wgsl",
  source,
  flags: { VERTICAL: [false, true], RGB: [false, true] },
  excludes: ({ VERTICAL, RGB }) => VERTICAL === true && RGB === true,
};

const op: Op<ResizeInputs, ResizeAttrs, "u8"> = {
  name: "resize",

  infer({ x }, { height, width }) {
    if (x.shape.length !== 4 || ![3, 4].includes(sizeAt(x.shape, 3))) {
      throw new TypeError(
        `Cannot record resize: x must be [B, H, W, 3] or [B, H, W, 4]: got ${formatShape(x.shape)}`,
      );
    }
    if (![height, width].every((size) => Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `Cannot record resize: height and width must be whole numbers of at least 1: ` +
          `got ${height} and ${width}`,
      );
    }
    return [{ shape: [sizeAt(x.shape, 0), height, width, 4], dtype: "u8" }];
  },

  describe({ x }, { height, width, filter }) {
    const { images, rows, columns, channels } = sizes(x.shape);
    return `B=${images},H=${rows},W=${columns},C=${channels},h=${height},w=${width},${filter}`;
  },

  lower({ inputs: { x }, outputs: [y], attrs, adapter, dispatch, scratch, constant }) {
    const { images, rows, columns, channels } = sizes(x.shape);
    const { height, width, filter } = attrs;
    const invocations = choose(adapter).flatInvocations;
    const narrowed = scratch("narrowed", {
      shape: [images, rows, width, 4],
      dtype: "u8",
    });
    const pass = (from: AnyTensor, to: AnyTensor, along: Pass) => {
      const { size, newSize, lines, vertical, rgb } = along;
      const { taps, stride } = tapTable(size, newSize, filter);
      const blocks = Math.ceil(lines / 4) * (vertical ? images : 1);
      const count = blocks * newSize;
      dispatch({
        shader,
        flags: { VERTICAL: vertical, RGB: rgb },
        constants: { INVOCATIONS: invocations },
        params: { count, lines, size, new_size: newSize, stride },
        bindings: { x: from, taps: constant(`taps ${size} to ${newSize}`, taps), y: to },
        workgroups: grid(Math.ceil(count / invocations)),
      });
    };
    pass(x, narrowed, {
      size: columns,
      newSize: width,
      lines: images * rows,
      vertical: false,
      rgb: channels === 3,
    });
    pass(narrowed, y, { size: rows, newSize: height, lines: width, vertical: true, rgb: false });
  },

  reference,

  // A multiply-add for each tap and colour; the bytes between the passes are not counted.
  cost({ x }, { height, width, filter }) {
    const { images, rows, columns } = sizes(x.shape);
    const count = (source: number, target: number) =>
      computeTaps(source, target, filter).reduce((sum, { weights }) => sum + weights.length, 0);
    return {
      flops: 6 * images * (rows * count(columns, width) + width * count(rows, height)),
      bytes: elements(x.shape) + images * height * width * 4,
    };
  },

  roundings: () => 0,
};

function sizes(shape: Shape) {
  return {
    images: sizeAt(shape, 0),
    rows: sizeAt(shape, 1),
    columns: sizeAt(shape, 2),
    channels: sizeAt(shape, 3),
  };
}

/** The names are those of the WGSL file. */
interface Pass {
  readonly size: number;
  readonly newSize: number;
  readonly lines: number;
  readonly vertical: boolean;
  readonly rgb: boolean;
}

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

function cases(): Case<ResizeAttrs>[] {
  const rng = new Rng(20);
  const make = (
    shape: readonly [number, number, number, number],
    [height, width]: readonly [number, number],
    filter: Filter,
    more: Partial<Case<ResizeAttrs>> = {},
    fill: Fill = below(256),
  ) => ({ inputs: { x: tensor(shape, fill, "u8") }, attrs: { height, width, filter }, ...more });
  const blackAndWhite: Fill = (random) => 255 * random.integer(0, 1);
  // As good as random, and quicker: the large images have millions of bytes.
  const noise: Fill = (_, i) => Math.imul(i, 0x9e3779b1) >>> 24;
  const size = () => rng.integer(1, 48);
  return [
    ...(["bicubic", "bilinear"] as const).flatMap((filter) => [
      // One pixel to many, many to one, one axis alone, none, odd widths, twice up and down.
      make([1, 1, 1, 3], [1, 1], filter),
      make([1, 1, 1, 4], [5, 3], filter),
      make([1, 9, 7, 3], [1, 1], filter),
      make([2, 3, 5, 3], [3, 5], filter),
      make([1, 6, 6, 4], [6, 6], filter),
      make([1, 5, 7, 3], [5, 4], filter),
      make([1, 5, 7, 3], [9, 7], filter),
      make([3, 8, 8, 3], [4, 4], filter),
      make([1, 8, 8, 4], [16, 16], filter),
      make([1, 1, 301, 3], [1, 40], filter),
      make([1, 301, 1, 3], [40, 1], filter),
      make([1, 33, 31, 4], [12, 50], filter, { note: "black and white" }, blackAndWhite),
      make([1, 20, 20, 3], [47, 61], filter, { note: "black and white" }, blackAndWhite),
      make([1, 20, 20, 3], [7, 9], filter, { note: "all white" }, () => 255),
    ]),
    ...Array.from({ length: 36 }, () =>
      make(
        [rng.integer(1, 3), size(), size(), rng.pick([3, 4])],
        [size(), size()],
        rng.pick(["bicubic", "bilinear"]),
      )),
    // Video frames and face crops on their way to CLIP, and a frame for the face detector.
    make([1, 1080, 1920, 3], [224, 398], "bicubic", { model: true }, noise),
    make([1, 720, 1280, 4], [72, 128], "bilinear", { model: true }),
    make([16, 173, 141, 4], [274, 224], "bilinear", { model: true }),
  ];
}

/** PIL's resize. */
export const resizeKernel: Kernel<ResizeInputs, ResizeAttrs, "u8"> = {
  op,
  record: (r, { x }, attrs) => resize(r, x, attrs),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 4, 1], below(256), "u8") },
      attrs: { height: 2, width: 2, filter: "bicubic" },
      says: "x must be [B, H, W, 3] or [B, H, W, 4]: got [1, 4, 4, 1]",
    },
    {
      inputs: { x: tensor([4, 4, 3], below(256), "u8") },
      attrs: { height: 2, width: 2, filter: "bicubic" },
      says: "Cannot record resize: x must be [B, H, W, 3] or [B, H, W, 4]: got [4, 4, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { height: 2, width: 0, filter: "bicubic" },
      says: "whole numbers of at least 1: got 2 and 0",
    },
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { height: 2.5, width: 2, filter: "bilinear" },
      says: "got 2.5 and 2",
    },
  ],
};
