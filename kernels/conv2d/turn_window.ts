import type { Recorder, Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeShapes, requireAxes, type Tensors } from "../shapes.ts";
import source from "./turn_window.wgsl" with { type: "text" };

export const turnOp = perElement<Tensors<"weight">>({
  name: "turn_window",
  source,
  reads: { weight: "f32" },
  writes: { y: "f32" },
  infer({ weight }) {
    const sizes = requireAxes("turn_window", { weight }, "[kh, kw, Ci, Co]");
    const [rows = 0, columns = 0, channels = 0, outChannels = 0] = sizes;
    return [{ shape: [rows, columns, outChannels, channels], dtype: "f32" }];
  },
  describe: ({ weight }) => describeShapes({ weight }),
  params({ weight: { shape: [rows = 0, columns = 0, channels = 0, outChannels = 0] } }) {
    return { pixels: rows * columns, channels, out_channels: outChannels };
  },
});

/** A convolution's weight `[kh, kw, Ci, Co]` turned round, `[kh, kw, Co, Ci]`: its window backwards. */
export function turnWindow(recorder: Recorder, weight: Tensor): Tensor {
  return recorder.apply(turnOp, { weight }, {})[0];
}
