import { type Shape, sizeAt } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, requireShapes, type Tensors } from "../shapes.ts";
import source from "./instance_norm.wgsl" with { type: "text" };
import gradientSource from "./instance_norm_gradient.wgsl" with { type: "text" };
import sums from "./sums.wgsl" with { type: "text" };

/** Settings: what is added to the variance. */
interface Attrs {
  readonly eps: number;
}

/** What a channel's mean and variance are taken over: each picture's rows and columns. */
interface Pictures {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The operations that take out of each channel its mean and variance in each picture, and that gradient.
 *
 * @param axes The axes of `x`, the channels last: `B H W C`.
 * @param picturesOf How a shape is seen as pictures.
 */
export function channelNorm(name: string, axes: string, picturesOf: (shape: Shape) => Pictures) {
  const wanted = `[${axes.replaceAll(" ", ", ")}]`;
  const shared = {
    vec4: ({ x }: Tensors<"x">) => sizeAt(x.shape, -1) % 4 === 0,
    count: ({ x: { shape } }: Tensors<"x">) => {
      const channels = sizeAt(shape, -1);
      return picturesOf(shape).count * (channels % 4 === 0 ? channels / 4 : channels);
    },
    describe: ({ x }: Tensors<"x">) => describeAxes(axes, x),
    params: ({ x: { shape } }: Tensors<"x">, { eps }: Attrs, per: number) => {
      const { height, width } = picturesOf(shape);
      return { channels: sizeAt(shape, -1) / per, height, width, eps };
    },
  };
  const gradientOp = perElement<Tensors<"x" | "dy">, Attrs>({
    name: `${name}_gradient`,
    source: sums + gradientSource,
    reads: { x: "E", dy: "E" },
    ...shared,
    flops: 16,
    infer({ x, dy }) {
      requireAxes(`${name}_gradient`, { x }, wanted);
      requireShapes(`${name}_gradient`, { dy: [dy, x.shape] });
      return [{ shape: x.shape, dtype: "f32" }];
    },
  });
  const op = perElement<Tensors<"x">, Attrs>({
    name,
    source: sums + source,
    reads: { x: "E" },
    ...shared,
    flops: 6,
    infer({ x }) {
      requireAxes(name, { x }, wanted);
      return [{ shape: x.shape, dtype: "f32" }];
    },
    gradient: (r, { inputs: { x }, dy, attrs }) => ({
      x: r.apply(gradientOp, { x, dy }, attrs)[0],
    }),
  });
  return { op, gradientOp };
}
