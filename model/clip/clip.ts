import { type Device, Weights } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensor_file.ts";
import { ClipCheckpoint, type ClipSettings } from "./checkpoint.ts";
import type { ClipConfig } from "./config.ts";
import { ImageEncoder } from "./image_encoder.ts";
import { loadImageTower } from "./image_tower.ts";
import { PromptEncoder } from "./prompt_encoder.ts";
import { loadTextTower } from "./text_tower.ts";
import { TokenTable } from "./token_table.ts";
import { WeightLoader } from "./weights.ts";

/** How to load a CLIP. */
export interface ClipOptions extends ClipSettings {
  /** Halves take half the memory and cost accuracy; sums are float32 all the same. */
  readonly store?: "f32" | "f16" | undefined;
}

/** A CLIP on a device: both towers, ready to embed. Owns the checkpoint that it was loaded from. */
export class Clip implements Disposable {
  readonly config: ClipConfig;
  readonly images: ImageEncoder;
  readonly prompts: PromptEncoder;
  readonly #owned: DisposableStack;

  private constructor(
    config: ClipConfig,
    images: ImageEncoder,
    prompts: PromptEncoder,
    owned: DisposableStack,
  ) {
    this.config = config;
    this.images = images;
    this.prompts = prompts;
    this.#owned = owned;
  }

  /** Takes the weights to the device, tensor by tensor. */
  static async load(device: Device, file: TensorFile, options: ClipOptions = {}): Promise<Clip> {
    using owned = new DisposableStack();
    owned.use(file);
    const checkpoint = new ClipCheckpoint(file, options);
    const { config } = checkpoint;
    const load = new WeightLoader(owned.use(new Weights(device)), checkpoint, options.store);
    const images = new ImageEncoder(device, await loadImageTower(load, config), config);
    owned.use(images);
    const prompts = new PromptEncoder(
      device,
      await loadTextTower(load, config),
      config,
      await TokenTable.open(checkpoint),
    );
    owned.use(prompts);
    await device.settled();
    return new Clip(config, images, prompts, owned.move());
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}
