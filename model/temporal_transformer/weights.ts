import {
  elements,
  formatShape,
  type Packed,
  sameShape,
  type Shape,
  type Tensor,
  type Weights,
} from "../../engine/mod.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { packMatrix } from "../../kernels/mod.ts";
import type { BlockWeights, LinearWeights, NormWeights } from "../clip/weights.ts";

/** The weights of a temporal transformer. */
export interface TemporalWeights {
  readonly token: Tensor; // [D]
  readonly positions: Tensor; // [longest window + 1, D]
  readonly blocks: readonly BlockWeights[];
  readonly normAfter: NormWeights;
}

/** Uploads the tensors whose names begin with `prefix`, by the authors' names. */
export async function loadTemporalWeights(
  memory: Weights,
  file: TensorFile,
  prefix: string,
  sizes: TemporalSizes,
): Promise<TemporalWeights> {
  const { width, inner, hidden, positions } = sizes;
  const read = async (name: string, shape: Shape) => {
    const found = file.tensors.get(prefix + name);
    if (!found || !sameShape(found.shape, shape)) {
      throw new TypeError(
        `Cannot load a temporal transformer: "${prefix}${name}" of "${file.name}" must be ` +
          `${formatShape(shape)}: got ${found ? formatShape(found.shape) : "nothing"}`,
      );
    }
    return toFloat32(found.dtype, await file.read(prefix + name));
  };
  const vector = async (name: string, stored: Shape, shape = stored): Promise<Tensor> =>
    memory.tensor(prefix + name, shape, "f32", await read(name, stored));
  const pack = async (label: string, rows: Float32Array<ArrayBuffer>, inputs: number) =>
    await packMatrix(memory, prefix + label, [inputs, rows.length / inputs], rows, {
      transposed: true,
    }) as Packed;
  const norm = async (name: string): Promise<NormWeights> => ({
    scale: await vector(`${name}.weight`, [width]),
    shift: await vector(`${name}.bias`, [width]),
  });
  const linear = async (name: string, inputs: number, outputs: number): Promise<LinearWeights> => ({
    w: await pack(`${name}.weight`, await read(`${name}.weight`, [outputs, inputs]), inputs),
    bias: await vector(`${name}.bias`, [outputs]),
  });
  const block = async (layer: number): Promise<BlockWeights> => {
    const { attention, perceptron } = blockNames(layer);
    // Queries, keys and values are stored in one matrix; queries are loaded separately.
    const joint = `${attention}.fn.to_qkv.weight`, rows = await read(joint, [3 * inner, width]);
    const queries = elements([inner, width]);
    return {
      norm1: await norm(`${attention}.norm`),
      q: { w: await pack(`${joint} q`, rows.slice(0, queries), width) },
      kv: { w: await pack(`${joint} kv`, rows.slice(queries), width) },
      out: await linear(`${attention}.fn.to_out.0`, inner, width),
      norm2: await norm(`${perceptron}.norm`),
      up: await linear(`${perceptron}.fn.net.0`, width, hidden),
      down: await linear(`${perceptron}.fn.net.3`, hidden, width),
    };
  };
  const blocks: BlockWeights[] = [];
  for (let layer = 0; layer < sizes.layers; layer++) blocks.push(await block(layer));
  return {
    token: await vector("cls_token", [1, 1, width], [width]),
    positions: await vector("pos_embedding", [1, positions, width], [positions, width]),
    blocks,
    normAfter: await norm("norm"),
  };
}

/** The sizes of a temporal transformer. */
export interface TemporalSizes {
  /** The width D of frame features and of the result. */
  readonly width: number;
  /** The number of blocks. */
  readonly layers: number;
  /** Attention heads per block. */
  readonly heads: number;
  /** The width of all heads together, H K. */
  readonly inner: number;
  /** The perceptron's hidden width. */
  readonly hidden: number;
  /** The number of trained positions: one more than the frames of the longest window. */
  readonly positions: number;
}

/** The name prefixes of a block's attention and of its perceptron. */
export const blockNames = (layer: number) => ({
  attention: `transformer.layers.${layer}.0.fn`,
  perceptron: `transformer.layers.${layer}.1.fn`,
});

/** The authors' heads have 64 columns; the tensors do not tell. */
const usualHead = 64;

/**
 * Finds the sizes of the transformer whose tensor names begin with `prefix`. Throws if there is none, or
 * if its columns can't be divided into that many heads.
 */
export function findTemporalSizes(
  file: TensorFile,
  prefix: string,
  heads?: number,
): TemporalSizes {
  const shapeOf = (name: string): Shape => {
    const found = file.tensors.get(prefix + name)?.shape;
    if (found) return found;
    throw new TypeError(
      `Cannot load a temporal transformer: "${file.name}" has no tensor "${prefix}${name}"`,
    );
  };
  const position = shapeOf("pos_embedding"), [, positions = 0, width = 0] = position;
  if (position.length !== 3) {
    throw new TypeError(
      `Cannot load a temporal transformer: "${prefix}pos_embedding" must be [1, T, D]: ` +
        `got ${formatShape(position)}`,
    );
  }
  // By the largest number, so that an incomplete block is an error and not the end.
  const start = `${prefix}transformer.layers.`;
  const layers = 1 + [...file.tensors.keys()].filter((name) => name.startsWith(start))
    .reduce((most, name) => Math.max(most, parseInt(name.slice(start.length))), -1);
  const { attention, perceptron } = blockNames(0);
  const [rows = 0] = shapeOf(`${attention}.fn.to_qkv.weight`), inner = rows / 3;
  const [hidden = 0] = shapeOf(`${perceptron}.fn.net.0.weight`);
  const count = heads ?? inner / usualHead;
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(inner / count)) {
    throw new RangeError(
      `Cannot load a temporal transformer: ${inner} columns do not make ${count} heads: say how ` +
        `many it has`,
    );
  }
  return { width, layers, heads: count, inner, hidden, positions };
}
