import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import {
  add,
  ceilPads,
  concatenate,
  instanceNorm,
  matmul,
  maxPool,
  multiply,
  relu,
  scale,
} from "../../kernels/mod.ts";
import { convolve } from "./convolve.ts";
import { weightOf, type Weights } from "./parameters.ts";

/** Shows a layer, so that golden numbers can name the first one that diverges. */
export type Observe = (layer: string, x: Tensor) => void;

/** Added to the variance in the encoders; the decoder takes the usual 1e-5. */
const eps = 1e-3;

/** A convolution without bias, instance norm with scale and shift, and ReLU. */
function convolveNormed(r: Recorder, weights: Weights, name: string, x: Tensor): Tensor {
  const of = (part: string) => weightOf(weights, `${name}.${part}`);
  const z = instanceNorm(r, convolve(r, x, of("conv.weight")), { eps });
  // The authors named these after batch norm.
  return relu(r, add(r, multiply(r, z, of("bn.weight")), of("bn.bias")));
}

/** The largest of 3 x 3 pixels, every second of them; the last window hangs over the edge. */
function pool(r: Recorder, x: Tensor): Tensor {
  return maxPool(r, x, { window: 3, stride: 2, padding: ceilPads(x, 3, 2) });
}

/** A residual block: `x ← ReLU(x + 0.17 conv(concat(b0, b1, b2)))`. */
function residual(r: Recorder, weights: Weights, name: string, x: Tensor): Tensor {
  const branches = [0, 1, 2].map((branch) => {
    let y = x;
    for (let i = 0; i <= branch; i++) {
      y = convolveNormed(r, weights, `${name}.branch${branch}.${i}`, y);
    }
    return y;
  }) as [Tensor, Tensor, Tensor];
  const joined = concatenate(r, ...branches);
  const bias = weightOf(weights, `${name}.conv2d.bias`);
  const y = matmul(r, joined, weightOf(weights, `${name}.conv2d.weight`), { bias });
  return relu(r, add(r, x, scale(r, y, 0.17)));
}

/**
 * An encoder of pictures `[B, S, S, 3]`, from 0 to 1, into a latent `[B, S/16, S/16, C]`: the
 * generator's two, and each discriminator's. `name` is what its weights' names begin with: `Gen.enc_ER`.
 */
export function encode(
  r: Recorder,
  weights: Weights,
  name: string,
  x: Tensor,
  observe: Observe = () => {},
): Tensor {
  let y = x;
  const stage = (number: number) => {
    y = convolveNormed(r, weights, `${name}.conv${number}.0`, y);
    observe(`conv${number}_out`, y);
    y = pool(r, y);
    observe(`ds${number}_out`, y);
  };
  checkPictures(x);
  stage(1);
  stage(2);
  for (let i = 0; weights.has(`${name}.repeat.${i}.conv2d.weight`); i++) {
    y = residual(r, weights, `${name}.repeat.${i}`, y);
    observe(`block${i}`, y);
  }
  observe("incep_out", y);
  stage(3);
  stage(4);
  return y;
}

function checkPictures({ shape }: Tensor): void {
  const side = sizeAt(shape, 1);
  if (shape.length === 4 && shape[2] === side && shape[3] === 3 && side % 16 === 0) return;
  throw new RangeError(
    `Cannot record DSFDA's encoder: pictures must be [B, S, S, 3] with S a multiple of 16: ` +
      `got [${shape.join(", ")}]`,
  );
}
