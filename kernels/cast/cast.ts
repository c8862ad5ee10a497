import { bytesPerElement, elements, type Recorder, type Tensor } from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import { launchPerElement, perElementShader } from "../per_element.ts";
import type { Tensors } from "../shapes.ts";
import bytesSource from "./bytes_to_f32.wgsl" with { type: "text" };
import halvesSource from "./halves_to_f32.wgsl" with { type: "text" };
import toF16Source from "./to_f16.wgsl" with { type: "text" };

const toF16 = perElementShader({
  name: "to_f16",
  source: toF16Source,
  reads: { x: "vec2u" },
  writes: { y: "u32" },
});
const halvesToF32 = perElementShader({
  name: "halves_to_f32",
  source: halvesSource,
  reads: { x: "u32" },
  writes: { y: "vec2u" },
});
const bytesToF32 = perElementShader({
  name: "bytes_to_f32",
  source: bytesSource,
  reads: { x: "u32" },
  writes: { y: "vec4f" },
});

export const op: LaunchedOp<
  Tensors<"x", "f32" | "f16" | "u8">,
  { readonly to: "f32" | "f16" },
  "f32" | "f16"
> = {
  name: "cast",
  shaders: [toF16, halvesToF32, bytesToF32],

  infer({ x }, { to }) {
    const known = to === "f16" ? x.dtype === "f32" : x.dtype === "f16" || x.dtype === "u8";
    if (!known) {
      throw new TypeError(
        `Cannot record cast: it goes from f32 to f16, or from f16 or u8 to f32: ` +
          `got ${x.dtype} to ${to}`,
      );
    }
    return [{ shape: x.shape, dtype: to }];
  },

  describe: ({ x }, { to }) => `x=${x.shape.join("x")},${x.dtype} to ${to}`,

  lower(job) {
    const { inputs: { x }, outputs: [y], attrs: { to } } = job, bytes = x.dtype === "u8";
    launchPerElement(job, {
      shader: to === "f16" ? toF16 : bytes ? bytesToF32 : halvesToF32,
      params: { count: Math.ceil(elements(x.shape) / (bytes ? 4 : 2)) },
      bindings: { x, y },
    });
  },

  cost: ({ x }, { to }) => ({
    flops: 0,
    bytes: elements(x.shape) * (bytesPerElement[x.dtype] + bytesPerElement[to]),
  }),
};

/** The same numbers in another element type: f32 to f16, rounded to nearest even, or back. */
export function cast<D extends "f32" | "f16">(
  recorder: Recorder,
  x: Tensor<"f32" | "f16" | "u8">,
  to: D,
): Tensor<D> {
  return recorder.apply(op, { x }, { to })[0] as Tensor<D>;
}
