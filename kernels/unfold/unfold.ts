import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, type Tensors } from "../shapes.ts";
import source from "./unfold.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">>({
  name: "unfold",
  source,
  reads: { x: "E" },
  vec4: ({ x }) => sizeAt(x.shape, 2) % 4 === 0,
  infer({ x }) {
    const [batch = 0, steps = 0, width = 0] = requireAxes("unfold", { x }, "[B, T, D]");
    return [{ shape: [batch, steps, 3 * width], dtype: "f32" }];
  },
  describe: ({ x }) => describeAxes("B T D", x),
  params: ({ x }, _, per) => ({ columns: sizeAt(x.shape, 2) / per, steps: sizeAt(x.shape, 1) }),
});

/** Each time step of `[B, T, D]` beside its neighbours: `[B, T, 3 D]`. */
export function unfold(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
