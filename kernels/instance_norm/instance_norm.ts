import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, requireShapes, type Tensors } from "../shapes.ts";
import source from "./instance_norm.wgsl" with { type: "text" };
import gradientSource from "./instance_norm_gradient.wgsl" with { type: "text" };
import sums from "./sums.wgsl" with { type: "text" };

/** Settings of instance norm. */
export interface InstanceNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

/** What the normalisation and its gradient have in common. */
const shared = {
  vec4: ({ x }: Tensors<"x">) => sizeAt(x.shape, -1) % 4 === 0,
  count: ({ x: { shape } }: Tensors<"x">) => {
    const channels = sizeAt(shape, 3);
    return sizeAt(shape, 0) * (channels % 4 === 0 ? channels / 4 : channels);
  },
  describe: ({ x }: Tensors<"x">) => describeAxes("B H W C", x),
  params: ({ x: { shape } }: Tensors<"x">, { eps }: InstanceNormAttrs, per: number) => ({
    channels: sizeAt(shape, 3) / per,
    height: sizeAt(shape, 1),
    width: sizeAt(shape, 2),
    eps,
  }),
};

export const gradientOp = perElement<Tensors<"x" | "dy">, InstanceNormAttrs>({
  name: "instance_norm_gradient",
  source: sums + gradientSource,
  reads: { x: "E", dy: "E" },
  ...shared,
  flops: 16,
  infer({ x, dy }) {
    requireAxes("instance_norm_gradient", { x }, "[B, H, W, C]");
    requireShapes("instance_norm_gradient", { dy: [dy, x.shape] });
    return [{ shape: x.shape, dtype: "f32" }];
  },
});

export const op = perElement<Tensors<"x">, InstanceNormAttrs>({
  name: "instance_norm",
  source: sums + source,
  reads: { x: "E" },
  ...shared,
  flops: 6,
  infer({ x }) {
    requireAxes("instance_norm", { x }, "[B, H, W, C]");
    return [{ shape: x.shape, dtype: "f32" }];
  },
  gradient: (r, { inputs: { x }, dy, attrs }) => ({ x: r.apply(gradientOp, { x, dy }, attrs)[0] }),
});

/**
 * Each channel of each picture `[B, H, W, C]` with its own mean and variance (divided by `H W`) taken
 * out. Scale and shift by channel are `multiply()` and `add()`.
 */
export function instanceNorm(
  recorder: Recorder,
  x: Tensor,
  { eps = 1e-5 }: Partial<InstanceNormAttrs> = {},
): Tensor {
  return recorder.apply(op, { x }, { eps })[0];
}
