import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, causalConv1d, leakyRelu } from "../../kernels/mod.ts";
import type { Observe } from "../clip/residual_block.ts";
import type { Mode } from "./mode.ts";
import { linear, type NamedWeights, weightOf } from "./weights.ts";

/** Below 0, LeakyReLU's slope. */
export const leak = 0.01;

/**
 * A temporal convolutional network of one modality, `[B, T, D]` to `[B, T, C]`: block i sees frames 2^i
 * apart, none of them later than its own, and adds to what it was given. Batch norm comes last.
 */
export function temporalNetwork(
  r: Recorder,
  w: NamedWeights,
  modality: string,
  x: Tensor,
  mode: Mode,
  observe?: Observe,
): Tensor {
  let y = x;
  for (let i = 0; w.has(`temporal.${modality}.network.${i}.conv1.bias`); i++) {
    const show: Observe = (layer, x) => observe?.(`tcn.${modality}.${i}${layer}`, x);
    y = block(r, w, `temporal.${modality}.network.${i}`, y, { dilation: 2 ** i, mode, show });
  }
  const normed = mode.normalize(r, w, `bn.${modality}`, y);
  observe?.(`bn.${modality}`, normed);
  return normed;
}

function block(
  r: Recorder,
  w: NamedWeights,
  name: string,
  x: Tensor,
  { dilation, mode, show }: { dilation: number; mode: Mode; show: Observe },
): Tensor {
  const convolve = (conv: string, x: Tensor) => {
    const of = (part: string) => weightOf(w, `${name}.${conv}.${part}`);
    const inputs = { x, v: of("weight_v"), g: of("weight_g"), bias: of("bias") };
    const y = causalConv1d(r, inputs, { dilation });
    show(`.${conv}`, y);
    return mode.drop(r, leakyRelu(r, y, leak));
  };
  const y = convolve("conv2", convolve("conv1", x)); // [B, T, C]
  show(".net", y);
  const skipped = w.has(`${name}.downsample.weight`) ? linear(r, w, `${name}.downsample`, x) : x;
  const out = leakyRelu(r, add(r, y, skipped), leak);
  show("", out);
  return out;
}
