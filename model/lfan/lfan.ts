import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { add, attention, concatenate, gatherRows, scatterRows, slice } from "../../kernels/mod.ts";
import type { Observe } from "../clip/residual_block.ts";
import type { Mode } from "../tcn/mode.ts";
import { temporalNetwork } from "../tcn/temporal_network.ts";
import { linear, type NamedWeights, weightOf } from "../tcn/weights.ts";
import { trainedLayerNorm } from "../trained_layer_norm.ts";

/**
 * LFAN, by BAH's authors: the modalities of each frame attend to one another, and the decision sees what
 * came of that beside the first modality, which leads.
 *
 * @param x Each modality's frames, `[B, T, D]`, in the order of the model.
 * @returns Logits of every frame, `[B, T, classes]`.
 */
export function lfan(
  r: Recorder,
  w: NamedWeights,
  x: ReadonlyMap<string, Tensor>,
  heads: number,
  mode: Mode,
  observe?: Observe,
): Tensor {
  const features = [...x].map(([name, frames]) =>
    // [B, T, C]
    [name, temporalNetwork(r, w, name, frames, mode, observe)] as const
  );
  const [[, leader]] = features as [readonly [string, Tensor]];
  const [batch, steps] = [sizeAt(leader.shape, 0), sizeAt(leader.shape, 1)];
  // Each frame is a sequence of its own, whose tokens are its modalities.
  const places = features.map((_, m) =>
    r.constant(
      `modality ${m}`,
      [batch, steps],
      "u32",
      Uint32Array.from({ length: batch * steps }, (_, frame) => frame * features.length + m),
    )
  );
  const tokens = features.map(([name, f], m) => {
    const qkv = linear(r, w, `fusion.layers.self_attn.qkv_proj.${name}`, f); // [B, T, 3 D]
    observe?.(`qkv.${name}`, qkv);
    const whole = [batch * steps, features.length, sizeAt(qkv.shape, 2)];
    return scatterRows(r, qkv, places[m] as Tensor<"u32">, whole);
  }).reduce((sum, token) => add(r, sum, token)); // [B T, M, 3 D]
  observe?.("tokens", tokens);
  const d = sizeAt(tokens.shape, 2) / 3;
  const q = slice(r, tokens, { first: 0, count: d });
  const kv = slice(r, tokens, { first: d, count: 2 * d });
  const v = slice(r, tokens, { first: 2 * d, count: d });
  const attended = add(r, attention(r, q, kv, { heads }), v); // [B T, M, D]
  const [first, ...others] = places.map((place) => gatherRows(r, attended, place)) as [
    Tensor,
    ...Tensor[],
  ];
  const joined = concatenate(r, first, ...others); // [B, T, M D]
  observe?.("attended", joined);
  const projected = linear(r, w, "fusion.layers.self_attn.o_proj", joined);
  observe?.("o_proj", projected);
  const norm = (part: string) => weightOf(w, `fusion.layers.norm1.${part}`);
  const follower = trainedLayerNorm(
    r,
    mode.drop(r, projected),
    norm("weight"),
    norm("bias"),
  );
  observe?.("follower", follower);
  const both = concatenate(r, leader, follower);
  observe?.("concat", both);
  const logits = linear(r, w, "regressor", both);
  observe?.("logits", logits);
  return logits;
}
