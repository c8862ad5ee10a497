import type { Recorder, Tensor } from "../../engine/mod.ts";
import { concatenate, leakyRelu, multiply, softmax } from "../../kernels/mod.ts";
import type { Observe } from "../clip/residual_block.ts";
import type { Mode } from "../tcn/mode.ts";
import { leak, temporalNetwork } from "../tcn/temporal_network.ts";
import { linear, type NamedWeights } from "../tcn/weights.ts";

/**
 * CAN, by BAH's authors: the modalities of each frame are projected to one width and laid side by side, and
 * one softmax over all of these numbers tells how much each counts.
 *
 * @param x Each modality's frames, `[B, T, D]`, in the order of the model.
 * @returns Logits of every frame, `[B, T, classes]`.
 */
export function can(
  r: Recorder,
  w: NamedWeights,
  x: ReadonlyMap<string, Tensor>,
  mode: Mode,
  observe?: Observe,
): Tensor {
  const [first, ...others] = [...x].map(([name, frames], i) => {
    const features = temporalNetwork(r, w, name, frames, mode, observe); // [B, T, C]
    const projected = linear(r, w, `fuse.attn.${i}`, features); // [B, T, D]
    observe?.(`fuse.proj.${name}`, projected);
    return projected;
  }) as [Tensor, ...Tensor[]];
  const joined = concatenate(r, first, ...others); // [B, T, M D]
  observe?.("fuse.cat", joined);
  const scores = linear(r, w, "fuse.weights", joined);
  observe?.("fuse.scores", scores);
  const weighed = multiply(r, softmax(r, scores), joined);
  observe?.("fuse.out", weighed);
  const hidden = linear(r, w, "fc1", weighed);
  observe?.("fc1", hidden);
  const normed = mode.normalize(r, w, "bn1", hidden);
  observe?.("bn1", normed);
  const active = leakyRelu(r, normed, leak);
  observe?.("fc2_in", active);
  const logits = linear(r, w, "fc2", active);
  observe?.("logits", logits);
  return logits;
}
