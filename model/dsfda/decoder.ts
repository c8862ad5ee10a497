import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, concatenate, instanceNorm, relu, sigmoid } from "../../kernels/mod.ts";
import { convolve, convolveTransposed } from "./convolve.ts";
import type { Observe } from "./encoder.ts";
import { weightOf, type Weights } from "./parameters.ts";

/** A picture `[B, 16 h, 16 h, 3]` of an expression's latent, an identity's, and noise, all `[B, h, h, C]`. */
export function decode(
  r: Recorder,
  weights: Weights,
  name: string,
  latents: { readonly expression: Tensor; readonly identity: Tensor; readonly noise: Tensor },
  observe: Observe = () => {},
): Tensor {
  const of = (part: string) => weightOf(weights, `${name}.${part}`);
  const convolveRelu = (part: string, x: Tensor) =>
    relu(r, convolve(r, x, of(`${part}.weight`), of(`${part}.bias`)));
  const { expression, identity, noise } = latents;
  let y = convolveRelu("emb1.0", concatenate(r, expression, identity, noise));
  observe("emb1_out", y);
  for (let i = 0; weights.has(`${name}.emb2.${i}.infer.0.weight`); i++) {
    y = add(r, y, convolveRelu(`emb2.${i}.infer.0`, y));
  }
  observe("emb2_out", y);
  for (const i of [1, 2, 3, 4]) {
    y = relu(r, instanceNorm(r, convolveTransposed(r, y, of(`us${i}.0.weight`), 4)));
    observe(`us${i}_out`, y);
  }
  const picture = sigmoid(r, convolveTransposed(r, y, of("us5.0.weight"), 3));
  observe("img", picture);
  return picture;
}
