import {
  formatShape,
  type InputValues,
  type Packed,
  type Recorder,
  Rng,
  type Tensor,
  type Values,
} from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { matmul } from "../matmul/matmul.ts";
import { patches, type PatchesAttrs } from "../patches/patches.ts";

/** Operands of the patch embedding. */
export interface PatchEmbedInputs {
  /** Images `[B, C, H, W]`. */
  readonly x: Tensor;
  /** `[C S S, D]`: the convolution's weight `[D, C, S, S]`, flattened and turned round. */
  readonly w: Tensor | Packed;
}

/**
 * The first layer of an image tower: a convolution whose stride is its size, without bias, as a
 * matmul over patches. `[B, C, H, W]` to `[B, P, D]`.
 */
export function patchEmbed(
  recorder: Recorder,
  x: Tensor,
  w: Tensor | Packed,
  size: number,
): Tensor {
  return matmul(recorder, patches(recorder, x, size), w);
}

/** The convolution itself, in float64. */
function reference(
  { x, w }: InputValues<PatchEmbedInputs>,
  { size }: PatchesAttrs,
): [Values] {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const down = Math.floor(height / size), across = Math.floor(width / size);
  const columns = w.data.length / (channels * size * size);
  const y = new Float64Array(batch * down * across * columns);
  for (let patch = 0; patch < batch * down * across; patch++) {
    const b = Math.floor(patch / (down * across));
    const top = Math.floor(patch / across) % down * size, left = patch % across * size;
    const sums = y.subarray(patch * columns, (patch + 1) * columns);
    for (let k = 0; k < channels * size * size; k++) {
      const c = Math.floor(k / (size * size)), i = Math.floor(k / size) % size, j = k % size;
      const value = x.data[((b * channels + c) * height + top + i) * width + left + j] as number;
      for (let n = 0; n < columns; n++) {
        sums[n] = (sums[n] as number) + value * (w.data[k * columns + n] as number);
      }
    }
  }
  return [{ shape: [batch, down * across, columns], data: y }];
}

function cases(): Case<PatchesAttrs>[] {
  const rng = new Rng(15);
  const make = (b: number, c: number, h: number, w: number, size: number, d: number) => ({
    inputs: {
      x: tensor([b, c, h, w]),
      w: { kind: "packed", shape: [c * size * size, d], store: "f32", fill: normal } as const,
    },
    attrs: { size },
  });
  return [
    make(1, 1, 1, 1, 1, 1),
    make(1, 3, 8, 8, 4, 16),
    make(2, 3, 9, 13, 4, 10),
    make(2, 1, 7, 5, 3, 33),
    ...Array.from({ length: 12 }, () => {
      const size = rng.integer(1, 9);
      const side = () => size * rng.integer(1, 4) + rng.integer(0, size - 1);
      return make(rng.integer(1, 3), rng.integer(1, 4), side(), side(), size, rng.integer(1, 70));
    }),
    { ...make(4, 3, 224, 224, 32, 768), model: true },
    make(4, 3, 64, 64, 16, 128),
  ];
}

/** Patch embedding. */
export const patchEmbedKernel: Kernel<PatchEmbedInputs, PatchesAttrs> = {
  op: {
    name: "patch_embed",
    describe: ({ x, w }, { size }) => `x=${x.shape.join("x")},S=${size},D=${w.shape[1]}`,
    reference,
    cost({ x, w }, { size }) {
      const [batch = 0, , height = 0, width = 0] = x.shape, [k = 0, n = 0] = w.shape;
      const rows = batch * Math.floor(height / size) * Math.floor(width / size);
      return { flops: 2 * rows * k * n, bytes: 4 * (rows * k + k * n + rows * n) };
    },
    roundings: ({ w }) => (w.shape[0] ?? 0) + 8,
  },
  record: (r, { x, w }, { size }) => patchEmbed(r, x, w, size),
  shaders: [],
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 3, 8, 8]), w: tensor([12, 5]) },
      attrs: { size: 4 },
      says: `inner dimensions must match: got x ${formatShape([1, 4, 48])} and w [12, 5]`,
    },
  ],
};
