import { elements, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireImages, type Tensors } from "../shapes.ts";
import source from "./normalize.wgsl" with { type: "text" };

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

export const op = perElement<Tensors<"x", "u8">, NormalizeAttrs, "f32">({
  name: "normalize",
  source,
  reads: { x: "vec4u|u32", table: "f32" },
  vec4: ({ x }) => pixelsOf(x) % 4 === 0,
  infer({ x }, { mean, std }) {
    const { images, height, width } = requireImages("normalize", x, 4);
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
    return [{ shape: [images, 3, height, width], dtype: "f32" }];
  },
  describe: ({ x }) => describeAxes("B H W", x),
  count: ({ x }) => elements(x.shape) / (pixelsOf(x) % 4 === 0 ? 16 : 4),
  params: ({ x }, _, per) => ({ plane: pixelsOf(x) / per }),
  tables: (attrs) => ({ table: tableOf(attrs) }),
  // A division, a difference and a division, though they are looked up.
  flops: 9 / 4,
});

function pixelsOf({ shape }: Tensor<"u8">): number {
  return sizeAt(shape, 1) * sizeAt(shape, 2);
}

/** What each byte becomes in each channel; every step rounds to float32, as in PyTorch. */
function tableOf({ mean, std }: NormalizeAttrs): Float32Array<ArrayBuffer> {
  const table = new Float32Array(3 * 256);
  for (const channel of [0, 1, 2] as const) {
    const shift = Math.fround(mean[channel]), deviation = Math.fround(std[channel]);
    for (let byte = 0; byte < 256; byte++) {
      const centred = Math.fround(Math.fround(byte / 255) - shift);
      table[256 * channel + byte] = centred / deviation;
    }
  }
  return table;
}

/**
 * Images `[B, H, W, 4]` as a model takes them, `[B, 3, H, W]`, to the bit as PyTorch's ToTensor and
 * Normalize; alpha is ignored.
 */
export function normalize(
  recorder: Recorder,
  x: Tensor<"u8">,
  { mean, std }: NormalizeAttrs = clipColors,
): Tensor {
  return recorder.apply(op, { x }, { mean, std })[0];
}
