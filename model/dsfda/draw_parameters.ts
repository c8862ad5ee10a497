import type { Shape } from "../../engine/mod.ts";
import type { Rng } from "../../numbers/rng.ts";
import type { Parameter } from "./parameters.ts";

/** How large the networks are. */
export interface DsfdaSizes {
  /** A picture's rows, and columns: a multiple of 16. */
  readonly side: number;
  /** Channels of the latent; the released networks have 128. All other layers are in proportion. */
  readonly channels: number;
  /** Channels of the noise. */
  readonly noise: number;
  /** The heads' width. */
  readonly width: number;
}

/** The networks as released. */
export const releasedSizes: DsfdaSizes = { side: 128, channels: 128, noise: 256, width: 1024 };

/** What learns in reasonable time on a processor: an eighth of the channels, 64 x 64 pixels. */
export const reducedSizes: DsfdaSizes = { side: 64, channels: 16, noise: 32, width: 128 };

/** A network of the four, with what its parameters' names begin with. */
type Shapes = ReadonlyMap<string, Shape>;

/** Draws an encoder anew, as PyTorch begins convolutions; scales are 1 and shifts 0. */
export function drawEncoder(name: string, sizes: DsfdaSizes, rng: Rng): Map<string, Parameter> {
  return fill(encoderShapes(sizes), name, (part, shape) => {
    if (part.endsWith("bn.weight")) return () => 1;
    if (part.endsWith("bn.bias")) return () => 0;
    // A bias begins as the weight beside it does.
    const inputs = shape.length === 1 ? 3 * branchChannels(sizes) : inputsOf(shape);
    return () => (2 * rng.uniform() - 1) / Math.sqrt(inputs);
  });
}

/** Draws a head anew. */
export function drawHead(
  name: string,
  sizes: DsfdaSizes,
  classes: number,
  rng: Rng,
): Map<string, Parameter> {
  const released = headShapes(releasedSizes, classes);
  return fill(headShapes(sizes, classes), name, (part, shape) => {
    const inputs = inputsOf(released.get(part) ?? shape);
    return narrow(rng, shape, inputs / inputsOf(shape));
  });
}

/** Draws a decoder anew. */
export function drawDecoder(name: string, sizes: DsfdaSizes, rng: Rng): Map<string, Parameter> {
  const released = sizes.channels === releasedSizes.channels;
  return fill(
    decoderShapes(sizes),
    name,
    (part, shape) => released ? narrow(rng, shape, 1) : drawByHe(rng, part, shape, sizes),
  );
}

/**
 * He's initialisation, for smaller decoders: latents reach all layers. Residual blocks begin small, pictures
 * grey, and noise without any weight.
 */
function drawByHe(
  rng: Rng,
  part: string,
  shape: Shape,
  { channels }: DsfdaSizes,
): (place: number) => number {
  if (shape.length === 1) return () => 0;
  const [first = 0, second = 0, rows = 0, columns = 0] = shape, window = rows * columns;
  // In a picture of twice the sides, a pixel is in a quarter of the windows.
  const inputs = part.startsWith("us") ? first * window / (rows === 4 ? 4 : 1) : second * window;
  const gain = Math.sqrt(2 / inputs) * (/^(emb2|us5)/.test(part) ? 0.1 : 1);
  const noise = (place: number) => Math.floor(place / window) % second >= 2 * channels;
  return (place) => {
    const drawn = gain * rng.normal();
    return part === "emb1.0.weight" && noise(place) ? 0 : drawn;
  };
}

/**
 * What the authors begin heads and the decoder with. Smaller heads have fewer inputs in a sum: their
 * weights begin larger, or signals and gradients all but vanish and nothing is learnt.
 *
 * @param fewer How many times fewer inputs a sum has than in the released networks.
 */
function narrow(rng: Rng, shape: Shape, fewer: number): () => number {
  return shape.length === 1 ? () => 0 : () => 0.02 * Math.sqrt(fewer) * rng.normal();
}

function fill(
  shapes: Shapes,
  name: string,
  draw: (part: string, shape: Shape) => (place: number) => number,
): Map<string, Parameter> {
  return new Map(
    [...shapes].map(([part, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const number = draw(part, shape);
      return [`${name}.${part}`, {
        shape,
        numbers: Float32Array.from({ length }, (_, place) => number(place)),
      }];
    }),
  );
}

const inputsOf = ([, ...rest]: Shape) => rest.reduce((product, size) => product * size, 1);
const branchChannels = ({ channels }: DsfdaSizes) => channels / 8;

function encoderShapes(sizes: DsfdaSizes): Shapes {
  const { channels: most } = sizes, least = most / 4, middle = most / 2;
  const branch = branchChannels(sizes), shapes = new Map<string, Shape>();
  const normed = (part: string, outputs: number, inputs: number, side: number) => {
    shapes.set(`${part}.conv.weight`, [outputs, inputs, side, side]);
    shapes.set(`${part}.bn.weight`, [outputs]);
    shapes.set(`${part}.bn.bias`, [outputs]);
  };
  normed("conv1.0", least, 3, 5);
  normed("conv2.0", middle, least, 5);
  for (let i = 0; i < 4; i++) {
    for (const number of [0, 1, 2]) {
      for (let layer = 0; layer <= number; layer++) {
        const first = layer === 0;
        normed(
          `repeat.${i}.branch${number}.${layer}`,
          branch,
          first ? middle : branch,
          first ? 1 : 3,
        );
      }
    }
    shapes.set(`repeat.${i}.conv2d.weight`, [middle, 3 * branch, 1, 1]);
    shapes.set(`repeat.${i}.conv2d.bias`, [middle]);
  }
  normed("conv3.0", most, middle, 5);
  normed("conv4.0", most, most, 5);
  return shapes;
}

function headShapes({ channels, side, width }: DsfdaSizes, classes: number): Shapes {
  const layers = [[width, channels * (side / 16) ** 2], [width, width], [classes, width]];
  return new Map(
    layers.flatMap(([outputs = 0, inputs = 0], i): [string, Shape][] => [
      [`fc${i + 1}.weight`, [outputs, inputs]],
      [`fc${i + 1}.bias`, [outputs]],
    ]),
  );
}

function decoderShapes({ channels, noise }: DsfdaSizes): Shapes {
  const shapes = new Map<string, Shape>();
  const biased = (part: string, inputs: number) => {
    shapes.set(`${part}.weight`, [channels, inputs, 3, 3]);
    shapes.set(`${part}.bias`, [channels]);
  };
  biased("emb1.0", 2 * channels + noise);
  for (let i = 0; i < 6; i++) biased(`emb2.${i}.infer.0`, channels);
  let inputs = channels;
  for (const [i, outputs] of [4, 2, 1, 1 / 2].map((share) => share * channels).entries()) {
    shapes.set(`us${i + 1}.0.weight`, [inputs, outputs, 4, 4]);
    inputs = outputs;
  }
  shapes.set("us5.0.weight", [inputs, 3, 3, 3]);
  return shapes;
}
