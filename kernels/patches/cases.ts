import { caseOf, ofModels, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { op, patches } from "./patches.ts";

/** Cutting into patches. */
export const patchesKernel = prove(op, 14, {
  // The patches of images, flattened.
  reference({ x }, { size }) {
    const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
    const down = Math.floor(height / size), across = Math.floor(width / size);
    const data: number[] = [];
    for (let b = 0; b < batch; b++) {
      for (let gy = 0; gy < down; gy++) {
        for (let gx = 0; gx < across; gx++) {
          for (let c = 0; c < channels; c++) {
            for (let i = 0; i < size; i++) {
              const row = (b * channels + c) * height + gy * size + i;
              for (let j = 0; j < size; j++) data.push(x.data[row * width + gx * size + j] ?? NaN);
            }
          }
        }
      }
    }
    const shape = [batch, down * across, channels * size * size];
    return [{ shape, data: Float64Array.from(data) }];
  },
  roundings: () => 0,
  record: (r, { x }, { size }) => patches(r, x, size),
  cases(rng) {
    const make = ([b = 1, c = 1, h = 1, w = 1]: number[], size: number) =>
      caseOf({ x: tensor([b, c, h, w]) }, { size });
    return [
      make([1, 1, 1, 1], 1),
      make([1, 1, 4, 4], 4),
      make([2, 3, 8, 12], 4),
      make([1, 3, 9, 13], 4),
      make([1, 2, 9, 12], 4),
      make([2, 1, 7, 5], 3),
      make([1, 3, 14, 14], 7),
      make([1, 3, 30, 20], 10),
      ...times(30, () => {
        const size = rng.integer(1, 9);
        const side = () => size * rng.integer(1, 5) + rng.integer(0, size - 1);
        return make([rng.integer(1, 3), rng.integer(1, 4), side(), side()], size);
      }),
      ...ofModels("4x3x224x224", (shape) => make(shape, 32)),
      ...ofModels("2x3x224x224", (shape) => make(shape, 14)),
      make([4, 3, 64, 64], 16),
    ];
  },
  refusals: [
    refuse("x must be [B, C, H, W]: got [3, 8, 8]", { x: "3x8x8" }, { size: 4 }),
    ...[9, 0].map((size) =>
      refuse(
        `a patch must fit the image: got size ${size} and x [1, 3, 8, 8]`,
        { x: "1x3x8x8" },
        { size },
      )
    ),
  ],
});
