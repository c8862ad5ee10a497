import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, type Tensors } from "../shapes.ts";
import source from "./patches.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">, { readonly size: number }>({
  name: "patches",
  source,
  reads: { x: "E" },
  vec4: ({ x }, { size }) => size % 4 === 0 && sizeAt(x.shape, 3) % 4 === 0,
  texels: true,
  infer({ x }, { size }) {
    const sizes = requireAxes("patches", { x }, "[B, C, H, W]");
    const [batch = 0, channels = 0, height = 0, width = 0] = sizes;
    if (!Number.isInteger(size) || size < 1 || size > height || size > width) {
      throw new RangeError(
        `Cannot record patches: a patch must fit the image: got size ${size} and ` +
          `x ${formatShape(x.shape)}`,
      );
    }
    const patches = Math.floor(height / size) * Math.floor(width / size);
    return [{ shape: [batch, patches, channels * size * size], dtype: "f32" }];
  },
  describe: ({ x }, { size }) => `${describeAxes("B C H W", x)},S=${size}`,
  params({ x }, { size }, per) {
    const [, channels = 0, height = 0, width = 0] = x.shape;
    return {
      channels,
      height,
      width: width / per,
      size,
      size_e: size / per,
      across: Math.floor(width / size),
      down: Math.floor(height / size),
    };
  },
});

/** The square patches of images `[B, C, H, W]`, `size` pixels a side, each flattened like a convolution's weight. */
export function patches(recorder: Recorder, x: Tensor, size: number): Tensor {
  return recorder.apply(op, { x }, { size })[0];
}
