import type { Packed, Tensor } from "../../engine/mod.ts";
import { refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import type { Tensors } from "../shapes.ts";
import { patchEmbed } from "./patch_embed.ts";

/** Patch embedding. */
export const patchEmbedKernel = prove<
  Tensors<"x"> & { readonly w: Tensor | Packed },
  { readonly size: number }
>(
  {
    name: "patch_embed",
    describe: ({ x, w }, { size }) => `x=${x.shape.join("x")},S=${size},D=${w.shape[1]}`,
    cost({ x, w }, { size }) {
      const [batch = 0, , height = 0, width = 0] = x.shape, [k = 0, n = 0] = w.shape;
      const rows = batch * Math.floor(height / size) * Math.floor(width / size);
      return { flops: 2 * rows * k * n, bytes: 4 * (rows * k + k * n + rows * n) };
    },
  },
  15,
  {
    // The convolution itself, in float64.
    reference({ x, w }, { size }) {
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
          const value = x
            .data[((b * channels + c) * height + top + i) * width + left + j] as number;
          for (let n = 0; n < columns; n++) {
            sums[n] = (sums[n] as number) + value * (w.data[k * columns + n] as number);
          }
        }
      }
      return [{ shape: [batch, down * across, columns], data: y }];
    },
    roundings: ({ w }) => (w.shape[0] ?? 0) + 8,
    record: (r, { x, w }, { size }) => patchEmbed(r, x, w, size),
    cases(rng) {
      const make = (
        b: number,
        c: number,
        h: number,
        w: number,
        size: number,
        d: number,
        store: "f32" | "f16" = "f32",
      ) => ({
        inputs: {
          x: tensor([b, c, h, w]),
          w: { kind: "packed", shape: [c * size * size, d], store, fill: normal } as const,
        },
        attrs: { size },
        ...(store === "f16" ? { note: "f16 weight" } : {}),
      });
      return [
        make(1, 1, 1, 1, 1, 1),
        make(1, 3, 8, 8, 4, 16),
        make(2, 3, 9, 13, 4, 10),
        make(2, 1, 7, 5, 3, 33),
        make(2, 3, 9, 13, 4, 10, "f16"),
        make(1, 1, 7, 5, 3, 33, "f16"),
        ...times(12, () => {
          const size = rng.integer(1, 9);
          const side = () => size * rng.integer(1, 4) + rng.integer(0, size - 1);
          return make(
            rng.integer(1, 3),
            rng.integer(1, 4),
            side(),
            side(),
            size,
            rng.integer(1, 70),
          );
        }),
        { ...make(4, 3, 224, 224, 32, 768), model: true },
        make(4, 3, 64, 64, 16, 128),
      ];
    },
    refusals: [
      refuse(
        "inner dimensions must match: got x [1, 4, 48] and w [12, 5]",
        { x: "1x3x8x8", w: "12x5" },
        { size: 4 },
      ),
    ],
  },
);
