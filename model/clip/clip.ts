import { type Device, Weights } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { ClipCheckpoint, type ClipSettings } from "./checkpoint.ts";
import { type ClipConfig, clipName } from "./config.ts";
import { featureKey } from "./feature_key.ts";
import { ImageEncoder } from "./image_encoder.ts";
import { loadImageTower } from "./image_tower.ts";
import { mirroredFingerprint } from "./mirrored.ts";
import type { Precision } from "./precision.ts";
import { PromptEncoder } from "./prompt_encoder.ts";
import { loadTextTower, type TextTowerWeights } from "./text_tower.ts";
import { TokenTable } from "./token_table.ts";
import { WeightLoader } from "./weights.ts";

/** Options of loading a CLIP. */
export interface ClipOptions extends ClipSettings {
  /**
   * How weights of products are kept: `f32` by default. Halves take half the memory; sums stay float32. A
   * checkpoint whose numbers are halves already loses nothing.
   */
  readonly precision?: Precision | undefined;
  /** Keep transposed copies of the text tower's weights, so that prompts can be tuned by gradients. */
  readonly tunable?: boolean | undefined;
  /** Features of a picture are the means of its own and its mirror image's, which takes twice as long. */
  readonly mirrored?: boolean | undefined;
}

/** Which CLIP something was made with. */
export interface ClipName {
  /** `ViT-B/32`. */
  readonly name: string;
  /** `Clip.fingerprint()`. */
  readonly fingerprint: string;
  /** How the weights of its products were kept; not known of older files, which had float32. */
  readonly precision?: Precision | undefined;
  /** Set where that rounded any of them; not where they were halves already. */
  readonly rounded?: true | undefined;
}

/** The parts of a CLIP that prompt tuning needs. */
export interface ClipText {
  readonly weights: TextTowerWeights;
  readonly tokens: TokenTable;
  /** Whether it was loaded `tunable`. */
  readonly tunable: boolean;
}

/** A CLIP on a device: both towers, ready to embed. Owns the checkpoint that it was loaded from. */
export class Clip implements Disposable {
  /** Its device. */
  readonly device: Device;
  /** Its sizes. */
  readonly config: ClipConfig;
  /** Embeds prepared images. */
  readonly images: ImageEncoder;
  /**
   * Embeds token ids.
   * @internal
   */
  readonly prompts: PromptEncoder;
  /**
   * The parts for prompt tuning.
   * @internal
   */
  readonly text: ClipText;
  /** How the weights of its products are kept. */
  readonly precision: Precision;
  /** Whether that changed any of them: never with `f32`, nor where they were halves already. */
  readonly rounded: boolean;
  /** The factor of similarities before a softmax over texts. */
  readonly logitScale: number;
  #tokenizer: Tokenizer | undefined;
  readonly #checkpoint: ClipCheckpoint;
  readonly #mirrored: boolean;
  readonly #owned: DisposableStack;

  private constructor(
    device: Device,
    checkpoint: ClipCheckpoint,
    images: ImageEncoder,
    prompts: PromptEncoder,
    text: ClipText,
    logitScale: number,
    kept: {
      readonly precision: Precision;
      readonly rounded: boolean;
      readonly mirrored: boolean;
    },
    owned: DisposableStack,
  ) {
    this.device = device;
    this.config = checkpoint.config;
    this.#checkpoint = checkpoint;
    this.images = images;
    this.prompts = prompts;
    this.text = text;
    this.logitScale = logitScale;
    this.precision = kept.precision;
    this.rounded = kept.rounded;
    this.#mirrored = kept.mirrored;
    this.#owned = owned;
  }

  /** Uploads the weights tensor by tensor. The CLIP owns the file from then on. */
  static async load(device: Device, file: TensorFile, options: ClipOptions = {}): Promise<Clip> {
    using owned = new DisposableStack();
    owned.use(file);
    const checkpoint = new ClipCheckpoint(file, options);
    const { config } = checkpoint;
    // Check all tensors before the first upload: an incomplete checkpoint is not loaded.
    checkpoint.checkAll();
    const weights = owned.use(new Weights(device));
    const { precision = "f32", tunable = false, mirrored = false } = options, store = precision;
    const load = new WeightLoader(weights, checkpoint, { store });
    const images = new ImageEncoder(device, await loadImageTower(load, config), config, mirrored);
    owned.use(images);
    const loadText = new WeightLoader(weights, checkpoint, { store, differentiable: tunable });
    const text = {
      weights: await loadTextTower(loadText, config),
      tokens: await TokenTable.open(checkpoint),
      tunable,
    };
    const prompts = new PromptEncoder(device, text.weights, config, text.tokens);
    owned.use(prompts);
    const [logScale = NaN] = await checkpoint.read("logit_scale", []);
    await device.settled();
    const kept = { precision, rounded: load.rounded || loadText.rounded, mirrored };
    const scale = Math.exp(logScale);
    return new Clip(device, checkpoint, images, prompts, text, scale, kept, owned.move());
  }

  /** Sets the tokenizer that the checkpoint was trained with. */
  withTokenizer(tokenizer: Tokenizer): this {
    this.#tokenizer = tokenizer;
    return this;
  }

  /** The tokenizer, or an error that says where to get its vocabulary. */
  get tokenizer(): Tokenizer {
    if (this.#tokenizer) return this.#tokenizer;
    throw new TypeError(
      `Cannot embed a text: the checkpoint came without its vocabulary: put tokenizer.json, ` +
        `vocab.json with merges.txt, or bpe_simple_vocab_16e6.txt.gz beside it`,
    );
  }

  /** Identifies the checkpoint by its numbers, however it is stored, and the kind of its features. */
  async fingerprint(): Promise<string> {
    const fingerprint = await this.#checkpoint.fingerprint();
    return this.#mirrored ? mirroredFingerprint(fingerprint) : fingerprint;
  }

  /** What heads and outputs record of it: its name, its checkpoint, and how that is kept. */
  async identity(): Promise<ClipName> {
    return {
      name: clipName(this.config),
      fingerprint: await this.fingerprint(),
      precision: this.precision,
      ...this.rounded && { rounded: true },
    };
  }

  /** Identifies what its features depend on: the checkpoint, and whether that was rounded to halves. */
  async featureKey(): Promise<string> {
    return featureKey(await this.fingerprint(), this.rounded);
  }

  /** The embeddings of texts, `[N, embedding]`, not normalised. A text that is too long is cut or refused. */
  async encodeTexts(
    texts: readonly string[],
    { truncate = false }: { readonly truncate?: boolean } = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    if (texts.length === 0) return new Float32Array(0);
    const { context } = this.config.text, { tokenizer } = this;
    return await this.prompts.encode(
      texts.map((text) => tokenizer.prompt(text, { contextLength: context, truncate })),
    );
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}
