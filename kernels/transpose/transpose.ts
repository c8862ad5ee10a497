import type { Recorder, Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeRows, rowsOf, type Tensors } from "../shapes.ts";
import source from "./transpose.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">>({
  name: "transpose",
  source,
  reads: { x: "f32" },
  infer({ x }) {
    const { rows, width } = rowsOf(x.shape);
    return [{ shape: [width, rows], dtype: "f32" }];
  },
  describe: ({ x }) => describeRows(x),
  params({ x }) {
    const { rows, width: columns } = rowsOf(x.shape);
    return { rows, columns };
  },
});

/** The transpose of a matrix: `[..., D]`, seen as rows, becomes `[D, rows]`; a vector is one row. */
export function transpose(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
