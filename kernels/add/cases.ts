import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { add, type AddInputs, op } from "./add.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(2);
  const make = (a: number[], b = a, more: Partial<Case<Record<string, never>>> = {}) => ({
    inputs: { a: tensor(a), b: tensor(b) },
    attrs: {},
    ...more,
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-45];
  return [
    make([1]),
    make([3]),
    make([4]),
    make([5]),
    make([1, 1, 1]),
    make([7, 13]),
    make([7, 13], [13]),
    make([6, 4, 8], [4, 8]),
    make([6, 4, 7], [4, 7]),
    make([5, 1], [1]),
    make([257]),
    make([256 * 4 + 1]),
    {
      ...make([49], [49], { note: "infinities and NaN" }),
      inputs: {
        a: tensor([49], (_, i) => special[i % 7] ?? 0),
        b: tensor([49], (_, i) => special[Math.floor(i / 7)] ?? 0),
      },
    },
    ...Array.from({ length: 30 }, () => {
      const shape = [rng.integer(1, 9), rng.integer(1, 33), rng.integer(1, 65)];
      return make(shape, shape.slice(rng.integer(0, 2)));
    }),
    make([800, 768], [800, 768], { model: true }),
    make([46, 13, 512], [13, 512], { model: true }),
  ];
}

/** Addition. */
export const addKernel: Kernel<AddInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 1,
  record: (r, { a, b }) => add(r, a, b),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { a: tensor([4, 8]), b: tensor([4]) },
      attrs: {},
      says: "b must have the shape of a or its last axes: got a [4, 8] and b [4]",
    },
    {
      inputs: { a: tensor([8]), b: tensor([4, 8]) },
      attrs: {},
      says: "got a [8] and b [4, 8]",
    },
  ],
};
