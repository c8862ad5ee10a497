import { elements, Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, sumRows, type SumRowsAttrs, type SumRowsInputs } from "./sum_rows.ts";

function cases(): Case<SumRowsAttrs>[] {
  const rng = new Rng(39);
  const make = (x: number[], shape: number[]) => ({ inputs: { x: tensor(x) }, attrs: { shape } });
  return [
    make([1, 1], [1]),
    make([3, 5], [5]),
    make([2, 3, 4], [4]),
    make([2, 3, 4], [3, 4]),
    make([7, 65], [65]),
    make([400, 3], [3]),
    make([5, 7], [5, 7]),
    ...Array.from({ length: 20 }, () => {
      const x = [rng.integer(1, 20), rng.integer(1, 20), rng.integer(1, 90)];
      return make(x, x.slice(rng.integer(1, 2)));
    }),
    { ...make([46, 512], [512]), model: true },
  ];
}

/** The sum over rows. */
export const sumRowsKernel: Kernel<SumRowsInputs, SumRowsAttrs> = {
  op,
  reference,
  roundings: ({ x }, { shape }) => elements(x.shape) / elements(shape),
  record: (r, { x }, { shape }) => sumRows(r, x, shape),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]) },
      attrs: { shape: [4] },
      says: "what is left must be the last axes of [4, 3]: got [4]",
    },
  ],
};
