import { elements, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, requireShapes, type Tensors } from "../shapes.ts";
import source from "./class_token.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x" | "token" | "position">>({
  name: "class_token",
  source,
  reads: { x: "E", token: "E", position: "E" },
  vec4: ({ x }) => sizeAt(x.shape, 2) % 4 === 0,
  texels: true,
  infer({ x, token, position }) {
    const [batch = 0, patches = 0, width = 0] = requireAxes("class_token", { x }, "[B, P, D]");
    requireShapes("class_token", {
      token: [token, [width]],
      position: [position, [patches + 1, width]],
    });
    return [{ shape: [batch, patches + 1, width], dtype: "f32" }];
  },
  describe: ({ x }) => describeAxes("B P D", x),
  params: ({ position: { shape } }, _, per) => ({
    columns: sizeAt(shape, 1) / per,
    tokens: sizeAt(shape, 0),
  }),
  cost({ x, position }) {
    const count = elements(x.shape) + sizeAt(x.shape, 0) * sizeAt(x.shape, 2);
    return { flops: count, bytes: 4 * (elements(x.shape) + count + elements(position.shape)) };
  },
});

/**
 * Puts the class token `[D]` before each image's patches `[B, P, D]` and adds the positions
 * `[P + 1, D]`.
 */
export function classToken(
  recorder: Recorder,
  x: Tensor,
  token: Tensor,
  position: Tensor,
): Tensor {
  return recorder.apply(op, { x, token, position }, {})[0];
}
