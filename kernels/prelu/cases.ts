import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { op, prelu, type PreluInputs } from "./prelu.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(26);
  const make = (shape: number[], more: Partial<Case<Record<string, never>>> = {}) => ({
    inputs: { x: tensor(shape), slope: tensor(shape.slice(-1)) },
    attrs: {},
    ...more,
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, -3.4e38, -1e-30];
  return [
    make([1]),
    make([4]),
    make([5]),
    make([1, 1, 1, 1]),
    make([7, 1]),
    make([3, 4]),
    make([2, 3, 5, 8]),
    make([2, 3, 5, 7]),
    make([257, 3]),
    ...[7, 8].map((channels) => ({
      ...make([24, channels], { note: "special values" }),
      inputs: {
        x: tensor([24, channels], (_, i) => special[i % 8] ?? 0),
        slope: tensor([channels], (_, i) => special[Math.floor(i * 3) % 8] ?? 0),
      },
    })),
    {
      ...make([9, 8], { note: "as ReLU" }),
      inputs: { x: tensor([9, 8]), slope: tensor([8], () => 0) },
    },
    ...Array.from(
      { length: 30 },
      () => make([rng.integer(1, 3), rng.integer(1, 20), rng.integer(1, 20), rng.integer(1, 40)]),
    ),
    // Layers of MediaPipe's face mesh.
    make([1, 96, 96, 16], { model: true }),
    make([1, 24, 24, 64]),
    make([1, 3, 3, 128]),
  ];
}

/** PReLU. */
export const preluKernel: Kernel<PreluInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 1,
  record: (r, { x, slope }) => prelu(r, x, slope),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), slope: tensor([4]) },
      attrs: {},
      says: "slope must have one number for each channel: got x [4, 8] and slope [4]",
    },
    {
      inputs: { x: tensor([4, 8]), slope: tensor([1, 8]) },
      attrs: {},
      says: "got x [4, 8] and slope [1, 8]",
    },
  ],
};
