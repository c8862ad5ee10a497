import { type Device, Weights } from "../engine/mod.ts";
import type { TensorFile } from "../io/tensors/tensor_file.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import type { ClipText } from "../model/clip/clip.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { ImageEncoder } from "../model/clip/image_encoder.ts";
import { type ImageTowerWeights, loadImageTower } from "../model/clip/image_tower.ts";
import { PromptEncoder } from "../model/clip/prompt_encoder.ts";
import { loadTextTower } from "../model/clip/text_tower.ts";
import { TokenTable } from "../model/clip/token_table.ts";
import { WeightLoader } from "../model/clip/weights.ts";
import { numbersOf } from "./golden_set.ts";

/** Computed numbers by the names of the golden rows, in the order of the computation. */
export type Computed = Map<string, ArrayLike<number>>;

/** A set's model on the device, and the golden rows that it is compared with. */
export class GoldenModel implements Disposable {
  readonly device: Device;
  /** What the weights come from: CLIP's, and the head's by `head.`. */
  readonly file: TensorFile;
  readonly golden: TensorFile;
  readonly config: ClipConfig;
  readonly imageWeights: ImageTowerWeights;
  readonly images: ImageEncoder;
  readonly text: ClipText;
  readonly prompts: PromptEncoder;
  readonly #owned: DisposableStack;

  private constructor(
    device: Device,
    file: TensorFile,
    golden: TensorFile,
    config: ClipConfig,
    imageWeights: ImageTowerWeights,
    text: ClipText,
    owned: DisposableStack,
  ) {
    this.device = device;
    this.file = file;
    this.golden = golden;
    this.config = config;
    this.imageWeights = imageWeights;
    this.images = owned.use(new ImageEncoder(device, imageWeights, config));
    this.text = text;
    this.prompts = owned.use(new PromptEncoder(device, text.weights, config, text.tokens));
    this.#owned = owned;
  }

  static async load(device: Device, file: TensorFile, golden: TensorFile): Promise<GoldenModel> {
    const checkpoint = new ClipCheckpoint(file), { config } = checkpoint;
    using owned = new DisposableStack();
    const memory = owned.use(new Weights(device));
    const image = await loadImageTower(new WeightLoader(memory, checkpoint), config);
    const load = new WeightLoader(memory, checkpoint, { differentiable: true });
    const text = {
      weights: await loadTextTower(load, config),
      tokens: await TokenTable.open(checkpoint),
      tunable: true,
    };
    return new GoldenModel(device, file, golden, config, image, text, owned.move());
  }

  /** Whether the set has a row. */
  has(row: string): boolean {
    return this.golden.tensors.has(row);
  }

  /** The shape of a row; empty where the set has none. */
  shapeOf(row: string): readonly number[] {
    return this.golden.tensors.get(row)?.shape ?? [];
  }

  /** A row's numbers. */
  async row(name: string): Promise<Float32Array<ArrayBuffer>> {
    return Float32Array.from(await numbersOf(this.golden, name));
  }

  /** Token ids `[N, 77]`, prompt by prompt. */
  async ids(name: string): Promise<number[][]> {
    const ids = await numbersOf(this.golden, name), [count = 1] = this.shapeOf(name);
    const length = ids.length / count;
    return Array.from({ length: count }, (_, n) => [...ids.slice(n * length, (n + 1) * length)]);
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}
