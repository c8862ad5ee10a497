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
import source from "./normalize.wgsl" with { type: "text" };

/** Operand of normalisation. */
export interface NormalizeInputs {
  /** `[B, H, W, 4]`: bytes, RGBA; alpha is ignored. */
  readonly x: Tensor<"u8">;
}

/** A number for red, green and blue. */
export type PerColor = readonly [number, number, number];

/** Settings of normalisation, on colours from 0 to 1. */
export interface NormalizeAttrs {
  /** Taken away. */
  readonly mean: PerColor;
  /** What the rest is divided by. */
  readonly std: PerColor;
}

/** What CLIP was trained with. */
export const clipColors: NormalizeAttrs = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

export const shader: Shader = {
  name: "normalize.wgsl",
  source,
  flags: { VEC4: [true, false], ELEMENT: ["vec4f", "f32"], WORDS: ["vec4u", "u32"] },
  excludes: ({ VEC4, ELEMENT, WORDS }) =>
    VEC4 !== (ELEMENT === "vec4f") || VEC4 !== (WORDS === "vec4u"),
};

export const op: Op<NormalizeInputs, NormalizeAttrs> = {
  name: "normalize",

  infer({ x }, { mean, std }) {
    const [images, rows, columns, channels] = x.shape;
    if (
      images === undefined || rows === undefined || columns === undefined ||
      x.shape.length !== 4 || channels !== 4
    ) {
      throw new TypeError(
        `Cannot record normalize: x must be [B, H, W, 4]: got ${formatShape(x.shape)}`,
      );
    }
    if (![...mean, ...std].every((number) => Number.isFinite(Math.fround(number)))) {
      throw new RangeError(
        `Cannot record normalize: mean and std must be float32 numbers: ` +
          `got ${mean.join(", ")} and ${std.join(", ")}`,
      );
    }
    if (!std.every((number) => Math.fround(number) > 0)) {
      throw new RangeError(
        `Cannot record normalize: std must be more than 0: got ${std.join(", ")}`,
      );
    }
    return [{ shape: [images, 3, rows, columns], dtype: "f32" }];
  },

  describe: ({ x: { shape: [images, rows, columns] } }) => `B=${images},H=${rows},W=${columns}`,

  lower({ inputs: { x }, outputs: [y], attrs, adapter, dispatch, constant }) {
    const plane = sizeAt(x.shape, 1) * sizeAt(x.shape, 2);
    const vec4 = plane % 4 === 0, width = vec4 ? 4 : 1;
    const count = elements(x.shape) / 4 / width;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      flags: { VEC4: vec4, ELEMENT: vec4 ? "vec4f" : "f32", WORDS: vec4 ? "vec4u" : "u32" },
      constants: { INVOCATIONS: invocations },
      params: { count, plane: plane / width },
      bindings: { x, table: constant("table", tableOf(attrs)), y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  // A division, a difference and a division, though they are looked up.
  cost: ({ x }) => ({ flops: 9 * elements(x.shape) / 4, bytes: 4 * elements(x.shape) }),
};

/** What each byte becomes in each channel; every step rounds to float32, as in PyTorch. */
function tableOf({ mean, std }: NormalizeAttrs): Float32Array<ArrayBuffer> {
  const table = new Float32Array(3 * 256);
  for (const channel of [0, 1, 2] as const) {
    const shift = Math.fround(mean[channel]), spread = Math.fround(std[channel]);
    for (let byte = 0; byte < 256; byte++) {
      const centred = Math.fround(Math.fround(byte / 255) - shift);
      table[256 * channel + byte] = centred / spread;
    }
  }
  return table;
}

/** Images as a model takes them, `[B, 3, H, W]`, to the bit as PyTorch's ToTensor and Normalize. */
export function normalize(
  recorder: Recorder,
  x: Tensor<"u8">,
  { mean, std }: NormalizeAttrs = clipColors,
): Tensor {
  return recorder.apply(op, { x }, { mean, std })[0];
}
