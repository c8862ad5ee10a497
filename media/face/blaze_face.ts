import type { Packed, Recorder, Tensor, Weights } from "../../engine/mod.ts";
import type { TfliteModel } from "../../io/tensors/tflite.ts";
import {
  conv2d,
  depthwiseConv2d,
  matmul,
  maxPool,
  packMatrix,
  padChannels,
  relu,
} from "../../kernels/mod.ts";

/** A convolution's weight, laid out as the kernels take it, and its bias. */
interface Convolution {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** A 1x1 convolution: a matrix product. */
interface Pointwise {
  readonly weight: Packed;
  readonly bias: Tensor;
}

/** The weights of the detector, in the order of the graph. */
export interface BlazeFaceWeights {
  readonly first: Convolution;
  readonly blocks: readonly { readonly depthwise: Convolution; readonly pointwise: Pointwise }[];
  /** The output convolutions for scores and boxes, on the fine and the coarse grid. */
  readonly scores: readonly [Pointwise, Pointwise];
  readonly boxes: readonly [Pointwise, Pointwise];
}

/** Side of the detector's input, in pixels. */
export const detectorSize = 128;

/** Stride and channels of each block. The fine grid is read after the first eleven. */
const blocks = [
  [1, 24],
  [1, 28],
  [2, 32],
  [1, 36],
  [1, 42],
  [2, 48],
  [1, 56],
  [1, 64],
  [1, 72],
  [1, 80],
  [1, 88],
  [2, 96],
  [1, 96],
  [1, 96],
  [1, 96],
  [1, 96],
] as const;
const finerAfter = 11;

const convolution = 3, depthwise = 4;

/** Channels are read four at a time, so there are a few of zeros where the network has 42. */
const inFours = (channels: number) => channels + (-channels & 3);

/** A matrix with rows and columns of zeros at its end, up to so many. */
function padMatrix(
  numbers: Float32Array<ArrayBuffer>,
  columns: number,
  [rows, wider]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(rows * wider);
  for (let at = 0; at < numbers.length; at += columns) {
    padded.set(numbers.subarray(at, at + columns), at / columns * wider);
  }
  return padded;
}

/** Loads the detector's weights. Throws if the file holds another network. */
export async function loadBlazeFace(
  weights: Weights,
  model: TfliteModel,
): Promise<BlazeFaceWeights> {
  const found = model.operations.filter(({ code }) => code === convolution || code === depthwise);
  let at = 0;
  /** The next convolution's weights, in TFLite's layout. */
  const next = (code: number, shape: readonly number[]) => {
    const operation = found[at], [, weight = -1, bias = -1] = operation?.inputs ?? [];
    const got = model.shapes[weight];
    if (operation?.code !== code || got?.join() !== shape.join()) {
      throw new TypeError(
        `Cannot load the face detector: convolution ${at} must have weights [${shape}]: ` +
          `got [${got ?? "none"}]`,
      );
    }
    const name = `face.${++at}`, shift = model.constant(bias);
    return {
      name,
      numbers: model.constant(weight),
      biasOf: (channels = shift.length) =>
        weights.tensor(
          `${name}.bias`,
          [channels],
          "f32",
          padMatrix(shift, shift.length, [1, channels]),
        ),
    };
  };
  const window = (shape: readonly number[]): Convolution => {
    const { name, numbers, biasOf } = next(convolution, shape);
    // [Co, kh, kw, 3] becomes [kh, kw, 4, Co]: pictures have a fourth channel of zeros.
    const [outputs = 1, height = 1, width = 1, colours = 1] = shape;
    const padded = new Float32Array(height * width * 4 * outputs);
    for (const [i, x] of numbers.entries()) {
      const pixels = height * width, colour = i % colours, pixel = Math.floor(i / colours) % pixels;
      const output = Math.floor(i / (pixels * colours));
      padded[(4 * pixel + colour) * outputs + output] = x;
    }
    const layout = [height, width, 4, outputs];
    return { weight: weights.tensor(`${name}.weight`, layout, "f32", padded), bias: biasOf() };
  };
  const eachChannel = (channels: number): Convolution => {
    const { name, numbers, biasOf } = next(depthwise, [1, 3, 3, channels]);
    const wide = inFours(channels), padded = padMatrix(numbers, channels, [9, wide]);
    return {
      weight: weights.tensor(`${name}.weight`, [3, 3, wide], "f32", padded),
      bias: biasOf(wide),
    };
  };
  const pixel = async (outputs: number, inputs: number, made = outputs): Promise<Pointwise> => {
    const { name, numbers, biasOf } = next(convolution, [outputs, 1, 1, inputs]);
    const wide = inFours(inputs), padded = padMatrix(numbers, inputs, [made, wide]);
    const weight = await packMatrix(weights, `${name}.weight`, [wide, made], padded, {
      transposed: true,
    });
    return { weight, bias: biasOf(made) };
  };
  const first = window([24, 5, 5, 3]), loaded: BlazeFaceWeights["blocks"][number][] = [];
  let channels = 24;
  for (const [, wider] of blocks) {
    loaded.push({
      depthwise: eachChannel(channels),
      pointwise: await pixel(wider, channels, inFours(wider)),
    });
    channels = wider;
  }
  return {
    first,
    blocks: loaded,
    scores: [await pixel(2, 88), await pixel(6, 96)],
    boxes: [await pixel(32, 88), await pixel(96, 96)],
  };
}

/**
 * Google's BlazeFace for faces near the camera: pictures `[B, 128, 128, 4]` by `letterbox()`. Its scores
 * and boxes on each grid are `[B, 16, 16, 2 or 32]` and `[B, 8, 8, 6 or 96]`.
 */
export function blazeFace(r: Recorder, w: BlazeFaceWeights, pictures: Tensor) {
  const same = { padding: "same" } as const;
  const pointwise = (x: Tensor, { weight, bias }: Pointwise, residual?: Tensor) =>
    matmul(r, x, weight, residual ? { bias, residual } : { bias });
  let x = conv2d(r, pictures, w.first.weight, w.first.bias, {
    stride: 2,
    ...same,
    activation: "relu",
  }); // [B, 64, 64, 24]
  let finer = x;
  for (const [i, [stride, channels]] of blocks.entries()) {
    const block = w.blocks[i] as BlazeFaceWeights["blocks"][number];
    const { weight, bias } = block.depthwise;
    const seen = depthwiseConv2d(r, x, weight, bias, { stride, ...same, activation: "none" });
    const shortcut = stride === 2 ? maxPool(r, x, { window: 2, stride, ...same }) : x;
    const wanted = inFours(channels);
    const wide = shortcut.shape.at(-1) === wanted ? shortcut : padChannels(r, shortcut, wanted);
    x = relu(r, pointwise(seen, block.pointwise, wide));
    if (i + 1 === finerAfter) finer = x; // [B, 16, 16, 88]
  } // [B, 8, 8, 96]
  return {
    scores: [pointwise(finer, w.scores[0]), pointwise(x, w.scores[1])],
    boxes: [pointwise(finer, w.boxes[0]), pointwise(x, w.boxes[1])],
  };
}
