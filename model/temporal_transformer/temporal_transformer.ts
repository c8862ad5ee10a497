import { type Device, type Recorder, sizeAt, type Tensor, Weights } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { SizedPlans } from "../sized_plans.ts";
import {
  findTemporalSizes,
  loadTemporalWeights,
  type TemporalSizes,
  type TemporalWeights,
} from "./weights.ts";
import { classToken, gatherRows, layerNorm } from "../../kernels/mod.ts";
import { residualBlocks } from "../clip/residual_block.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";

/** What the file of a temporal transformer does not tell. */
export interface TemporalOptions {
  /** The prefix of its tensor names. */
  readonly prefix?: string;
  /** The number of heads; by default one for every 64 columns. */
  readonly heads?: number;
}

/** Most windows in one batch. */
const windowsAtOnce = 64;

/**
 * TTA-CaP's temporal transformer: embeds the frame features of a window. It needs trained weights: the
 * authors' first version ran a randomly initialised one, whose output means nothing.
 */
export class TemporalTransformer implements Disposable {
  /** The sizes that it was loaded with. */
  readonly sizes: TemporalSizes;
  readonly #memory: Weights;
  readonly #plans: SizedPlans<Tensor>;

  private constructor(sizes: TemporalSizes, memory: Weights, plans: SizedPlans<Tensor>) {
    this.sizes = sizes;
    this.#memory = memory;
    this.#plans = plans;
  }

  /** Loads one by its authors' names, `temporal.cls_token` and so on. */
  static async load(
    device: Device,
    file: TensorFile,
    { prefix = "temporal.", heads }: TemporalOptions = {},
  ): Promise<TemporalTransformer> {
    const sizes = findTemporalSizes(file, prefix, heads);
    using owned = new DisposableStack();
    const memory = owned.use(new Weights(device));
    const weights = await loadTemporalWeights(memory, file, prefix, sizes);
    owned.move();
    const plans = new SizedPlans(
      device,
      (r, count = 0, frames = 0) =>
        embedWindows(r, weights, sizes.heads, r.input("frames", [count, frames, sizes.width])),
    );
    return new TemporalTransformer(sizes, memory, plans);
  }

  /**
   * Embeds windows of equal length, `[W, F, D]` as the image tower returns them: `[W, D]`, not
   * normalised.
   */
  async embed(windows: Float32Array, frames: number): Promise<Float32Array<ArrayBuffer>> {
    const { width, positions } = this.sizes, size = frames * width;
    if (!Number.isInteger(frames) || frames < 1 || frames >= positions) {
      throw new RangeError(
        `Cannot embed windows of ${frames} frames: wanted from 1 to ${positions - 1}`,
      );
    }
    const count = windows.length / size;
    if (!Number.isInteger(count) || count < 1) {
      throw new TypeError(
        `Cannot embed windows of ${windows.length} numbers: wanted ${size} for each, and one at least`,
      );
    }
    const all = new Float32Array(count * width);
    for (let first = 0; first < count; first += windowsAtOnce) {
      const some = windows.slice(first * size, (first + windowsAtOnce) * size);
      const found = await this.#plans.run([some.length / size, frames], { frames: some });
      all.set(found, first * width);
    }
    return all;
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }
}

/**
 * Embeds windows of frame features `[B, F, D]`, as the image tower returns them: `[B, 1, D]`, not
 * normalised. The result is the learned token's row of the last block.
 */
export function embedWindows(
  r: Recorder,
  w: TemporalWeights,
  heads: number,
  frames: Tensor,
): Tensor {
  const batch = sizeAt(frames.shape, 0), tokens = sizeAt(frames.shape, 1) + 1;
  const trained = r.constant(
    "positions",
    [tokens],
    "u32",
    Uint32Array.from({ length: tokens }, (_, i) => i),
  );
  const positions = gatherRows(r, w.positions, trained); // [T, D], T = F + 1
  const tokenRows = classToken(r, frames, w.token, positions); // [B, T, D]
  // After the last block only the learned tokens are needed, the first row of each window.
  const first = Uint32Array.from({ length: batch }, (_, b) => b * tokens);
  const rows = r.constant("class_tokens", [batch, 1], "u32", first);
  const options = { heads, activation: "gelu_tanh" } as const;
  const x = residualBlocks(r, w.blocks, tokenRows, options, { rows }); // [B, 1, D]
  return layerNorm(r, x, w.normAfter.scale, w.normAfter.shift);
}

/**
 * Loads a temporal transformer from a file: safetensors or PyTorch. A checkpoint without one is refused,
 * because the output of an untrained one means nothing.
 *
 * @example
 * ```ts
 * import { loadTemporalTransformer, openDevice } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice();
 * await assert.rejects(
 *   loadTemporalTransformer(device, "no-such-file.safetensors"),
 *   /no-such-file.safetensors/,
 * );
 * ```
 */
export async function loadTemporalTransformer(
  device: Device,
  path: string,
  options: TemporalOptions = {},
): Promise<TemporalTransformer> {
  using file = await openTensors(path);
  return await TemporalTransformer.load(device, file, options);
}
