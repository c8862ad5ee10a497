import { formatShape, type Shape } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";

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
