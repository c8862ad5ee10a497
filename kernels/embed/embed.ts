import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import source from "./embed.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands of the embedding. */
export interface EmbedInputs {
  /** Token ids `[B, T]`. */
  readonly ids: Tensor<"u32">;
  /** `[V, D]` */
  readonly table: Tensor;
  /** `[P, D]`, P at least T. */
  readonly position: Tensor;
}

const shader: Shader = {
  name: "embed.wgsl",
  source: notANumber + source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

const op: Op<EmbedInputs, Record<string, never>> = {
  name: "embed",

  infer({ ids, table, position }) {
    const refuse = (why: string) => new TypeError(`Cannot record embed: ${why}`);
    if (ids.shape.length !== 2) {
      throw refuse(`ids must be [B, T]: got ${formatShape(ids.shape)}`);
    }
    const [batch = 0, tokens = 0] = ids.shape;
    if (table.shape.length !== 2) {
      throw refuse(`table must be [V, D]: got ${formatShape(table.shape)}`);
    }
    const width = sizeAt(table.shape, 1);
    const [positions = 0, columns] = position.shape;
    if (position.shape.length !== 2 || positions < tokens || columns !== width) {
      throw refuse(
        `position must be [${tokens} or more, ${width}]: got ${formatShape(position.shape)}`,
      );
    }
    return [{ shape: [batch, tokens, width], dtype: "f32" }];
  },

  describe: ({ ids, table }) =>
    `B=${ids.shape[0]},T=${ids.shape[1]},V=${table.shape[0]},D=${table.shape[1]}`,

  lower({ inputs: { ids, table, position }, outputs: [y], adapter, dispatch }) {
    const [vocabulary = 0, width = 0] = table.shape;
    const per = width % 4 === 0 ? 4 : 1, invocations = choose(adapter).flatInvocations;
    const count = elements(ids.shape) * width / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, tokens: sizeAt(ids.shape, 1), vocabulary, zero: 0 },
      bindings: { ids, table, position, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost({ ids, table }) {
    const [batch = 0, tokens = 0] = ids.shape, width = sizeAt(table.shape, 1);
    const count = batch * tokens * width;
    return { flops: count, bytes: 4 * (2 * count + tokens * width + batch * tokens) };
  },

  roundings: () => 1,
};

/** Embeds token ids `[B, T]` and adds the position of each: `[B, T, D]`. */
export function embed(
  recorder: Recorder,
  ids: Tensor<"u32">,
  table: Tensor,
  position: Tensor,
): Tensor {
  return recorder.apply(op, { ids, table, position }, {})[0];
}

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
  record: (r, { ids, table, position }) => embed(r, ids, table, position),
  shaders: [shader],
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
