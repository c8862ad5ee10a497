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
import { blockNames, type TemporalSizes } from "./sizes.ts";

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
  const vector = async (name: string, stored: Shape, shape: Shape = stored): Promise<Tensor> =>
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
