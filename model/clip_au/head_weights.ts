import type { Packed, Shape, Tensor, Weights } from "../../engine/mod.ts";
import { conv1dWeight, packMatrix } from "../../kernels/mod.ts";
import { type HeadLayer, headLayers, type HeadParameters, headShapes } from "./head_parameters.ts";

/** A linear layer, `[in, out]` and `[out]`; plain tensors if it is trained. */
export interface LayerWeights {
  readonly w: Tensor | Packed;
  readonly bias: Tensor;
}

/** A head on a device. */
export type HeadWeights = Readonly<Record<HeadLayer, LayerWeights>>;

/** The shape of a layer's weight, `[in, out]`; the convolution's is `[3 d, d]`. */
export function matrixShape(shape: Shape): readonly [number, number] {
  const [outputs = 0, inputs = 0, taps = 1] = shape;
  return [taps * inputs, outputs];
}

/** Converts a layer's weight from PyTorch's layout to `[in, out]`. */
export function toMatrix(
  numbers: Float32Array,
  [outputs = 0, inputs = 0, taps = 1]: Shape,
): Float32Array<ArrayBuffer> {
  if (taps === 3) return conv1dWeight(numbers, [outputs, inputs]);
  const matrix = new Float32Array(numbers.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) matrix[i * outputs + o] = numbers[o * inputs + i] as number;
  }
  return matrix;
}

/** Converts a layer's weight from `[in, out]` to PyTorch's layout. */
export function fromMatrix(
  matrix: Float32Array,
  [outputs = 0, inputs = 0, taps = 1]: Shape,
): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(matrix.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < taps; tap++) {
        numbers[(o * inputs + i) * taps + tap] = matrix[(tap * inputs + i) * outputs + o] as number;
      }
    }
  }
  return numbers;
}

/**
 * Uploads a head for inference. Layers between the texts and the decision are differentiable; the
 * convolution is not, as no gradient flows through it.
 */
export async function packHead(weights: Weights, head: HeadParameters): Promise<HeadWeights> {
  const shapes = headShapes(head.sizes);
  const layers: [HeadLayer, LayerWeights][] = [];
  for (const layer of headLayers) {
    const shape = shapes.get(`${layer}.weight`) as Shape;
    const numbers = head.numbers.get(`${layer}.weight`) as Float32Array;
    const bias = head.numbers.get(`${layer}.bias`) as Float32Array<ArrayBuffer>;
    layers.push([layer, {
      w: await packMatrix(weights, layer, matrixShape(shape), toMatrix(numbers, shape), {
        differentiable: layer !== "temporal",
      }),
      bias: weights.tensor(`${layer}.bias`, [bias.length], "f32", bias),
    }]);
  }
  return Object.fromEntries(layers) as Record<HeadLayer, LayerWeights>;
}
