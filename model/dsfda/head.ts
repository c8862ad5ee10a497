import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { gatherWindows, matmul, multiply, relu } from "../../kernels/mod.ts";
import type { DropoutMasks } from "./dropout.ts";
import type { Observe } from "./encoder.ts";
import { weightOf, type Weights } from "./parameters.ts";

/**
 * Logits `[B, 1, 1, K]` of a latent `[B, H, W, C]`: three layers, with dropout before the first two where
 * masks are given. `name` is what its weights' names begin with: `Gen.fc_ER`.
 */
export function classify(
  r: Recorder,
  weights: Weights,
  name: string,
  latent: Tensor,
  masks?: DropoutMasks,
  observe: Observe = () => {},
): Tensor {
  const [, height = 0, width = 0, channels = 0] = latent.shape;
  const first = weightOf(weights, `${name}.fc1.weight`), wanted = sizeAt(first.shape, 0);
  if (wanted !== height * width * channels) {
    const side = 16 * Math.sqrt(wanted / channels);
    throw new RangeError(
      `Cannot record DSFDA's head: it takes pictures of ${side} x ${side}: ` +
        `got ${16 * height} x ${16 * width}`,
    );
  }
  const layer = (number: number, x: Tensor) =>
    matmul(r, x, weightOf(weights, `${name}.fc${number}.weight`), {
      bias: weightOf(weights, `${name}.fc${number}.bias`),
    });
  const kept = masks ? multiply(r, latent, masks[0]) : latent;
  // The whole latent is one window, so that its numbers lie in a row.
  const row = gatherWindows(r, kept, { window: [height, width], stride: 1, padding: "valid" });
  const one = relu(r, layer(1, row));
  observe("fc1", one);
  const two = relu(r, layer(2, masks ? multiply(r, one, masks[1]) : one));
  observe("fc2", two);
  const logits = layer(3, two);
  observe("logits", logits);
  return logits;
}
