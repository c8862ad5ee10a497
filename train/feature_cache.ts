import { createHash } from "node:crypto";
import { join } from "node:path";
import { FormatError } from "../io/format_error.ts";
import { openTensors } from "../io/open_tensors.ts";
import { toFloat32 } from "../io/stored_type.ts";
import { writeAtomically } from "../io/write_atomically.ts";
import { encodeSafetensors } from "../io/write_safetensors.ts";

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
  async read(frames: readonly string[]): Promise<Float32Array<ArrayBuffer> | undefined> {
    try {
      using file = await openTensors(await this.#path(frames));
      const tensor = file.tensors.get("features");
      const wanted = [frames.length, this.#width];
      if (tensor?.dtype !== "F32" || tensor.shape.join() !== wanted.join()) return undefined;
      const features = toFloat32("F32", await file.read("features"));
      return features.every(Number.isFinite) ? features : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Keeps features. */
  async write(frames: readonly string[], features: Float32Array<ArrayBuffer>): Promise<void> {
    if (!features.every(Number.isFinite)) {
      throw new RangeError(
        `Cannot use the features of "${
          frames[0]
        }" and its neighbours: the CLIP gives numbers that are ` +
          `not finite`,
      );
    }
    await Deno.mkdir(this.folder, { recursive: true });
    const shape = [frames.length, this.#width];
    const bytes = encodeSafetensors({ features: { dtype: "F32", shape, data: features } });
    await writeAtomically(await this.#path(frames), bytes);
  }

  /** Tells the features of these frames from all others. */
  async key(frames: readonly string[]): Promise<string> {
    const hash = createHash("sha256").update(this.#model);
    for (const frame of frames) {
      const { size, mtime } = await Deno.stat(frame);
      hash.update(`\n${frame} ${size} ${mtime?.getTime()}`);
    }
    return hash.digest("hex").slice(0, 32);
  }

  async #path(frames: readonly string[]): Promise<string> {
    return join(this.folder, `${await this.key(frames)}.safetensors`);
  }
}
