import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, type Tensors } from "../shapes.ts";
import source from "./embed.wgsl" with { type: "text" };

export const op = perElement<Tensors<"table" | "position"> & Tensors<"ids", "u32">>({
  name: "embed",
  source: notANumber + source,
  reads: { ids: "u32", table: "E", position: "E" },
  vec4: ({ table }) => sizeAt(table.shape, 1) % 4 === 0,
  infer({ ids, table, position }) {
    const [batch = 0, tokens = 0] = requireAxes("embed", { ids }, "[B, T]");
    const [, width = 0] = requireAxes("embed", { table }, "[V, D]");
    const [positions = 0, columns] = position.shape;
    if (position.shape.length !== 2 || positions < tokens || columns !== width) {
      throw new TypeError(
        `Cannot record embed: position must be [${tokens} or more, ${width}]: ` +
          `got ${formatShape(position.shape)}`,
      );
    }
    return [{ shape: [batch, tokens, width], dtype: "f32" }];
  },
  describe: ({ ids, table }) => describeAxes("B T V D", ids, table),
  params({ ids, table }, _, per) {
    const [vocabulary = 0, width = 0] = table.shape;
    return { columns: width / per, tokens: sizeAt(ids.shape, 1), vocabulary };
  },
  cost({ ids, table }) {
    const [batch = 0, tokens = 0] = ids.shape, width = sizeAt(table.shape, 1);
    const count = batch * tokens * width;
    return { flops: count, bytes: 4 * (2 * count + tokens * width + batch * tokens) };
  },
});

/**
 * Embeds token ids `[B, T]` by a table `[V, D]` and adds the position of each, of `[P, D]` with P at least
 * T: `[B, T, D]`.
 */
export function embed(
  recorder: Recorder,
  ids: Tensor<"u32">,
  table: Tensor,
  position: Tensor,
): Tensor {
  return recorder.apply(op, { ids, table, position }, {})[0];
}
