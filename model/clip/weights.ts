import type { Packed, Shape, Tensor, Weights } from "../../engine/mod.ts";
import { packMatrix, type PackOptions } from "../../kernels/mod.ts";
import type { ClipCheckpoint } from "./checkpoint.ts";
import type { TowerSizes } from "./config.ts";
import { roundToHalves } from "./precision.ts";

/** Scale and shift of a layer norm, `[D]` each. */
export interface NormWeights {
  readonly scale: Tensor;
  readonly shift: Tensor;
}

/** A linear layer: a packed matrix `[in, out]` and a bias `[out]`. */
export interface LinearWeights {
  readonly w: Packed;
  readonly bias: Tensor;
}

/** A linear layer with an optional bias. */
export type ProductWeights = Pick<LinearWeights, "w"> & Partial<Pick<LinearWeights, "bias">>;

/** One residual block. Queries are separate from keys and values, because a last block needs few. */
export interface BlockWeights {
  readonly norm1: NormWeights;
  readonly q: ProductWeights;
  readonly kv: ProductWeights;
  readonly out: LinearWeights;
  readonly norm2: NormWeights;
  readonly up: LinearWeights;
  readonly down: LinearWeights;
}

/** Most bytes in flight to the device, which limits the extra memory of loading. */
const bytesInFlight = 32 * 2 ** 20;

/** Uploads a checkpoint's tensors one by one, as they are requested. */
export class WeightLoader {
  readonly checkpoint: ClipCheckpoint;
  readonly #weights: Weights;
  readonly #options: PackOptions;
  #sent = 0;
  #rounded = false;

  constructor(
    weights: Weights,
    checkpoint: ClipCheckpoint,
    options: Pick<PackOptions, "store" | "differentiable"> = {},
  ) {
    this.#weights = weights;
    this.checkpoint = checkpoint;
    this.#options = options;
  }

  /** Whether keeping matrices as halves changed any number so far. */
  get rounded(): boolean {
    return this.#rounded;
  }

  /** A plain tensor. */
  async tensor(name: string, shape: Shape): Promise<Tensor> {
    const numbers = await this.checkpoint.read(name, shape);
    await this.#wait(numbers.byteLength);
    const tensor = this.#weights.tensor(name, shape, "f32", numbers);
    free(numbers);
    return tensor;
  }

  /** A matrix stored as `[in, out]`. */
  async matrix(name: string, shape: readonly [number, number]): Promise<Packed> {
    const numbers = await this.checkpoint.read(name, shape);
    const packed = await this.#pack(name, shape, numbers);
    free(numbers);
    return packed;
  }

  /** A matrix stored with one row per output; rows may have several axes. */
  async rows(name: string, shape: Shape): Promise<Packed> {
    const [outputs = 0, ...rest] = shape;
    const inputs = rest.reduce((product, size) => product * size, 1);
    const numbers = await this.checkpoint.read(name, shape);
    const packed = await this.#pack(name, [inputs, outputs], numbers, true);
    free(numbers);
    return packed;
  }

  async norm(name: string, width: number): Promise<NormWeights> {
    return {
      scale: await this.tensor(`${name}.weight`, [width]),
      shift: await this.tensor(`${name}.bias`, [width]),
    };
  }

  async linear(name: string, inputs: number, outputs: number): Promise<LinearWeights> {
    return {
      w: await this.rows(`${name}.weight`, [outputs, inputs]),
      bias: await this.tensor(`${name}.bias`, [outputs]),
    };
  }

  /** All blocks of a tower. */
  async blocks(tower: string, { width, layers }: TowerSizes): Promise<BlockWeights[]> {
    const blocks: BlockWeights[] = [];
    for (let i = 0; i < layers; i++) {
      const block = `${tower}.resblocks.${i}`;
      blocks.push({
        norm1: await this.norm(`${block}.ln_1`, width),
        ...await this.#attention(`${block}.attn`, width),
        out: await this.linear(`${block}.attn.out_proj`, width, width),
        norm2: await this.norm(`${block}.ln_2`, width),
        up: await this.linear(`${block}.mlp.c_fc`, width, 4 * width),
        down: await this.linear(`${block}.mlp.c_proj`, 4 * width, width),
      });
    }
    return blocks;
  }

  /** The rows of the joint projection: queries first, then keys and values. */
  async #attention(name: string, width: number): Promise<Pick<BlockWeights, "q" | "kv">> {
    const w = await this.checkpoint.read(`${name}.in_proj_weight`, [3 * width, width]);
    const bias = await this.checkpoint.read(`${name}.in_proj_bias`, [3 * width]);
    const part = async (what: string, first: number, count: number): Promise<LinearWeights> => {
      const rows = w.subarray(first * width, (first + count) * width);
      return {
        w: await this.#pack(`${name}.${what}.weight`, [width, count], rows, true),
        bias: this.#weights.tensor(
          `${name}.${what}.bias`,
          [count],
          "f32",
          bias.slice(first, first + count),
        ),
      };
    };
    const parts = { q: await part("q", 0, width), kv: await part("kv", width, 2 * width) };
    free(w);
    return parts;
  }

  async #pack(
    label: string,
    shape: readonly [number, number],
    numbers: Float32Array<ArrayBuffer>,
    transposed = false,
  ): Promise<Packed> {
    await this.#wait(numbers.byteLength);
    if (this.#options.store === "f16" && roundToHalves(label, numbers)) this.#rounded = true;
    return await packMatrix(this.#weights, label, shape, numbers, {
      ...this.#options,
      transposed,
    });
  }

  async #wait(bytes: number): Promise<void> {
    this.#sent += bytes;
    if (this.#sent < bytesInFlight) return;
    await this.#weights.device.settled();
    this.#sent = bytes;
  }
}

/**
 * Frees an array's memory as soon as the device has its copy. Left to the garbage collector, a tenth of a
 * checkpoint's size would pile up.
 */
function free(numbers: Float32Array<ArrayBuffer>): void {
  numbers.buffer.transfer(0);
}
