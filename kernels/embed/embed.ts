import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import source from "./embed.wgsl" with { type: "text" };

/** Operands of the embedding. */
export interface EmbedInputs {
  /** Token ids `[B, T]`. */
  readonly ids: Tensor<"u32">;
  /** `[V, D]` */
  readonly table: Tensor;
  /** `[P, D]`, P at least T. */
  readonly position: Tensor;
}

export const shader: Shader = {
  name: "embed.wgsl",
  source: notANumber + source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

export const op: Op<EmbedInputs, Record<string, never>> = {
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

  cost({ ids, table }) {
    const [batch = 0, tokens = 0] = ids.shape, width = sizeAt(table.shape, 1);
    const count = batch * tokens * width;
    return { flops: count, bytes: 4 * (2 * count + tokens * width + batch * tokens) };
  },
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
