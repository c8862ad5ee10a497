import { Rng } from "../../engine/mod.ts";
import { axisOf } from "../shapes.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, repeat, type RepeatAttrs, type RepeatInputs } from "./repeat.ts";

function cases(): Case<RepeatAttrs>[] {
  const rng = new Rng(40);
  const make = (shape: number[], axis: number, factor = 0.3) => ({
    inputs: { x: tensor([...axisOf(shape, axis).rest]) },
    attrs: { shape, axis, factor },
  });
  return [
    make([1, 1], 0),
    make([3, 5], 0),
    make([3, 5], 1),
    make([2, 3, 4], 1),
    make([2, 3, 4], -1, 1),
    make([65, 7], 1),
    ...Array.from(
      { length: 20 },
      () => make([rng.integer(1, 9), rng.integer(1, 20), rng.integer(1, 70)], rng.integer(0, 2)),
    ),
    { ...make([8, 20, 512], 1, 1 / 20), model: true },
  ];
}

/** Repetition along an axis. */
export const repeatKernel: Kernel<RepeatInputs, RepeatAttrs> = {
  op,
  reference,
  roundings: () => 2, // the factor is rounded as well
  record: (r, { x }, attrs) => repeat(r, x, attrs),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]) },
      attrs: { shape: [4, 2, 5], axis: 1, factor: 1 },
      says: "x must be [4, 2, 5] without axis 1: got [4, 3]",
    },
  ],
};
