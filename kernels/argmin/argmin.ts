import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeRows, rowsOf, type Tensors } from "../shapes.ts";
import source from "./argmin.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">, Record<string, never>, "u32">({
  name: "argmin",
  source,
  reads: { x: "f32" },
  writes: { y: "u32" },
  flops: 1,
  infer({ x }) {
    if (x.shape.length < 2) {
      throw new TypeError(`Cannot record argmin: wanted rows: got ${formatShape(x.shape)}`);
    }
    return [{ shape: x.shape.slice(0, -1), dtype: "u32" }];
  },
  describe: ({ x }) => describeRows(x),
  params: ({ x }) => ({ columns: rowsOf(x.shape).width }),
});

/**
 * Where the smallest number of each row of `[..., D]` is, counted over all rows: row times D, plus the
 * column. So it is a row number of a table with D rows for each, as `gatherRows()` takes it.
 */
export function argmin(recorder: Recorder, x: Tensor): Tensor<"u32"> {
  return recorder.apply(op, { x }, {})[0];
}
