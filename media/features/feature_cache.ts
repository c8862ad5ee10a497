import { createHash } from "node:crypto";
import { join } from "node:path";
import { FormatError } from "../../io/files/format_error.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";

/** What was made of files, where it is not a row of features for each. */
export interface CacheOptions {
  /** Tells how: the same files seen in another way are another entry. */
  readonly recipe?: string | undefined;
}

/** The metadata that tells how long features took. */
const timeKey = "autt.milliseconds";

/**
 * Features of videos on disk, so that a frozen tower sees each frame once, however often a head is
 * trained on it. A file for each video, named by what it was made of: other weights or changed frames
 * are other files.
 */
export class FeatureCache {
  readonly folder: string;
  readonly #model: string;
  readonly #width: number;

  /**
   * @param model Tells the model that makes the features from others.
   * @param width Of the features of a frame.
   */
  constructor(folder: string, model: string, width: number) {
    this.folder = folder;
    this.#model = model;
    this.#width = width;
  }

  /** The features of these frames, `[T, d]`; undefined where they are not there, or not whole. */
  async read(
    frames: readonly string[],
    { recipe }: CacheOptions = {},
  ): Promise<Float32Array<ArrayBuffer> | undefined> {
    return await this.#open(frames, recipe, async (file) => {
      const tensor = file.tensors.get("features");
      const rows = recipe === undefined ? frames.length : tensor?.shape[0];
      const wanted = [rows, this.#width];
      if (tensor?.dtype !== "F32" || tensor.shape.join() !== wanted.join()) return undefined;
      const features = toFloat32("F32", await file.read("features"));
      return features.every(Number.isFinite) ? features : undefined;
    });
  }

  /** How long it took to make these, where that was kept. */
  async milliseconds(
    frames: readonly string[],
    { recipe }: CacheOptions = {},
  ): Promise<number | undefined> {
    const text = await this.#open(frames, recipe, (file) => file.metadata.get(timeKey));
    return text === undefined || !Number.isFinite(Number(text)) ? undefined : Number(text);
  }

  /** Keeps features. */
  async write(
    frames: readonly string[],
    features: Float32Array<ArrayBuffer>,
    { recipe, milliseconds }: CacheOptions & { readonly milliseconds?: number } = {},
  ): Promise<void> {
    if (!features.every(Number.isFinite)) {
      throw new RangeError(
        `Cannot use the features of "${
          frames[0]
        }" and its neighbours: the CLIP gives numbers that are ` +
          `not finite`,
      );
    }
    await Deno.mkdir(this.folder, { recursive: true });
    const shape = [
      recipe === undefined ? frames.length : features.length / this.#width,
      this.#width,
    ];
    const bytes = encodeSafetensors(
      { features: { dtype: "F32", shape, data: features } },
      milliseconds === undefined ? {} : { [timeKey]: milliseconds.toFixed(1) },
    );
    await writeAtomically(await this.#path(frames, recipe), bytes);
  }

  /** Tells the features of these frames from all others. */
  async key(frames: readonly string[], { recipe }: CacheOptions = {}): Promise<string> {
    const hash = createHash("sha256").update(this.#model);
    if (recipe !== undefined) hash.update(`\nby ${recipe}`);
    for (const frame of frames) {
      const { size, mtime } = await Deno.stat(frame);
      hash.update(`\n${frame} ${size} ${mtime?.getTime()}`);
    }
    return hash.digest("hex").slice(0, 32);
  }

  async #path(frames: readonly string[], recipe?: string): Promise<string> {
    return join(this.folder, `${await this.key(frames, { recipe })}.safetensors`);
  }

  async #open<T>(
    frames: readonly string[],
    recipe: string | undefined,
    action: (file: TensorFile) => T | Promise<T>,
  ): Promise<T | undefined> {
    try {
      using file = await openTensors(await this.#path(frames, recipe));
      return await action(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof FormatError) return undefined;
      throw error;
    }
  }
}
