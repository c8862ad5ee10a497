import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { classToken, type ClassTokenInputs, op } from "./class_token.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(13);
  const make = (b: number, p: number, d: number) => ({
    inputs: { x: tensor([b, p, d]), token: tensor([d]), position: tensor([p + 1, d]) },
    attrs: {},
  });
  return [
    make(1, 1, 1),
    make(1, 1, 4),
    make(2, 3, 5),
    make(3, 4, 8),
    make(2, 16, 13),
    make(5, 1, 33),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 6), rng.integer(1, 30), rng.integer(1, 140)),
    ),
    { ...make(16, 49, 768), model: true },
    { ...make(2, 196, 768), model: true },
    make(8, 16, 128),
  ];
}

/** Class token and positions. */
export const classTokenKernel: Kernel<ClassTokenInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 1,
  record: (r, { x, token, position }) => classToken(r, x, token, position),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), token: tensor([8]), position: tensor([5, 8]) },
      attrs: {},
      says: "x must be [B, P, D]: got [4, 8]",
    },
    {
      inputs: { x: tensor([1, 4, 8]), token: tensor([7]), position: tensor([5, 8]) },
      attrs: {},
      says: "token must be [8]: got [7]",
    },
    {
      inputs: { x: tensor([1, 4, 8]), token: tensor([8]), position: tensor([4, 8]) },
      attrs: {},
      says: "position must be [5, 8]: got [4, 8]",
    },
  ],
};
