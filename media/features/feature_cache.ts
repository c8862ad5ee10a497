import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { FormatError } from "../../io/files/format_error.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";

/** The metadata key for how long the features took. */
const timeKey = "autt.milliseconds";

/** What the features of clips depend on besides their files, and where they are kept. */
export interface CacheSetup {
  readonly folder: string;
  /** Identifies the model that makes the features. */
  readonly model: string;
  /** Of the features of a frame. */
  readonly width: number;
}

/**
 * The features of a clip on disk, so that a frozen tower sees each frame once, however often a head is
 * trained on it. There is one file per clip, named by everything that its features depend on: other
 * weights, changed frames or another preparation are other files.
 */
export class CachedFeatures {
  /** Tells these features from all others. */
  readonly key: string;
  readonly #path: string;
  readonly #width: number;
  readonly #files: readonly string[];

  private constructor({ folder, width }: CacheSetup, key: string, files: readonly string[]) {
    this.key = key;
    this.#path = join(folder, `${key}.safetensors`);
    this.#width = width;
    this.#files = files;
  }

  /**
   * Looks at a clip's files: do so once per clip, and read as often as needed.
   *
   * @param recipe Everything besides model and files that the features depend on.
   */
  static async find(
    setup: CacheSetup,
    files: readonly string[],
    recipe: string,
  ): Promise<CachedFeatures> {
    const hash = createHash("sha256").update(`${setup.model}\n${recipe}`);
    for (const file of files) {
      const { size, mtime } = await Deno.stat(file);
      hash.update(`\n${file} ${size} ${mtime?.getTime()}`);
    }
    return new CachedFeatures(setup, hash.digest("hex").slice(0, 32), files);
  }

  /** `[T, d]`; undefined where they are not there, or not whole. */
  async read(): Promise<Float32Array<ArrayBuffer> | undefined> {
    return await this.#open(async (file) => {
      const tensor = file.tensors.get("features");
      if (tensor?.dtype !== "F32" || tensor.shape.length !== 2) return undefined;
      if (tensor.shape[1] !== this.#width) return undefined;
      const features = toFloat32("F32", await file.read("features"));
      return features.every(Number.isFinite) ? features : undefined;
    });
  }

  /** How long it took to make them, where that was kept. */
  async milliseconds(): Promise<number | undefined> {
    const text = await this.#open((file) => file.metadata.get(timeKey));
    return text === undefined || !Number.isFinite(Number(text)) ? undefined : Number(text);
  }

  /** Keeps features, and how long they took. */
  async write(features: Float32Array<ArrayBuffer>, milliseconds: number): Promise<void> {
    if (!features.every(Number.isFinite)) {
      const [first = "", ...others] = this.#files;
      throw new RangeError(
        `Cannot use the features of "${first}"${others.length > 0 ? " and its neighbours" : ""}: ` +
          `the CLIP gives numbers that are not finite`,
      );
    }
    await Deno.mkdir(dirname(this.#path), { recursive: true });
    const shape = [features.length / this.#width, this.#width];
    const bytes = encodeSafetensors(
      { features: { dtype: "F32", shape, data: features } },
      { [timeKey]: milliseconds.toFixed(1) },
    );
    await writeAtomically(this.#path, bytes);
  }

  async #open<T>(action: (file: TensorFile) => T | Promise<T>): Promise<T | undefined> {
    try {
      using file = await openTensors(this.#path);
      return await action(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof FormatError) return undefined;
      throw error;
    }
  }
}
