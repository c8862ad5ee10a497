import {
  type AnyTensor,
  elements,
  formatShape,
  type Recorder,
  type Shader,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import { launchPerElement, perElementShader } from "../per_element.ts";
import type { Tensors } from "../shapes.ts";
import source from "./resize.wgsl" with { type: "text" };
import { computeTaps, type Filter } from "./taps.ts";

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

  lower(job) {
    const { inputs: { x }, outputs: [y], attrs, scratch, constant } = job;
    const { images, rows, columns, channels } = sizes(x.shape);
    const { height, width, filter } = attrs;
    const narrowed = scratch("narrowed", {
      shape: [images, rows, width, 4],
      dtype: "u8",
    });
    const pass = (from: AnyTensor, to: AnyTensor, along: Pass) => {
      const { size, newSize, lines, vertical, rgb } = along;
      const { taps, stride } = tapTable(size, newSize, filter);
      const blocks = Math.ceil(lines / 4) * (vertical ? images : 1);
      launchPerElement(job, {
        shader,
        flags: { VERTICAL: vertical, RGB: rgb },
        params: { count: blocks * newSize, lines, size, new_size: newSize, stride },
        bindings: { x: from, taps: constant(`taps ${size} to ${newSize}`, taps), y: to },
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
