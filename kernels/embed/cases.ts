import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { embed, type EmbedInputs, op } from "./embed.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(11);
  const make = (b: number, t: number, v: number, d: number, positions = t, most = v) => ({
    inputs: {
      ids: tensor([b, t], below(most), "u32"),
      table: tensor([v, d]),
      position: tensor([positions, d]),
    },
    attrs: {},
    ...(most > v ? { note: "ids outside the table" } : {}),
  });
  return [
    make(1, 1, 1, 1),
    make(1, 1, 3, 4),
    make(2, 3, 5, 7),
    make(3, 5, 11, 8, 9),
    make(2, 7, 100, 13, 77),
    make(4, 6, 10, 12, 6, 20),
    make(4, 6, 10, 5, 6, 20),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 9), rng.integer(1, 20), rng.integer(1, 300), rng.integer(1, 130)),
    ),
    { ...make(46, 13, 2000, 512, 77), model: true },
    { ...make(46, 77, 2000, 512), model: true },
  ];
}

/** Token embedding with position. */
export const embedKernel: Kernel<EmbedInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 1,
  record: (r, { ids, table, position }) => embed(r, ids, table, position),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: {
        ids: tensor([6], below(2), "u32"),
        table: tensor([9, 8]),
        position: tensor([6, 8]),
      },
      attrs: {},
      says: "ids must be [B, T]: got [6]",
    },
    {
      inputs: {
        ids: tensor([2, 3], below(9), "u32"),
        table: tensor([9, 8]),
        position: tensor([2, 8]),
      },
      attrs: {},
      says: "position must be [3 or more, 8]: got [2, 8]",
    },
    {
      inputs: {
        ids: tensor([2, 3], below(9), "u32"),
        table: tensor([9]),
        position: tensor([3, 8]),
      },
      attrs: {},
      says: "table must be [V, D]: got [9]",
    },
  ],
};
