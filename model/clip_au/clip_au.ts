import { type Device, type Recorder, type Tensor, Weights } from "../../engine/mod.ts";
import { l2Normalize, softmax } from "../../kernels/mod.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { framesOf, joined } from "../../numbers/vectors.ts";
import type { Clip } from "../clip/clip.ts";
import { clipName } from "../clip/config.ts";
import { differInMirroring, wantsMirrored } from "../clip/mirrored.ts";
import { SizedPlans } from "../sized_plans.ts";
import { adaptTexts, decide, embedClips } from "./head.ts";
import type { Head } from "./head_file.ts";
import { headFingerprint } from "./head_parameters.ts";
import { type HeadWeights, packHead } from "./head_weights.ts";
import { unitsByFrame } from "./units_by_frame.ts";

/** CLIP-AU's decision on a clip. */
export interface Prediction {
  /** `[C]` */
  readonly logits: Float32Array;
  /** `[C]`: the softmax of the logits. */
  readonly probabilities: Float32Array;
  /** `[A]`: five times the cosine to each Action Unit's text. */
  readonly similarities: Float32Array;
  /** `[d]`: the clip's embedding, normalised. */
  readonly embedding: Float32Array;
}

/** Settings of CLIP-AU. */
export interface ClipAuOptions {
  /** Class prompts that count in the decision as well, one per class; none by default. */
  readonly classPrompts?: readonly string[] | undefined;
  /** Whether to dispose of the CLIP too; not by default. */
  readonly ownsClip?: boolean | undefined;
}

/** Most clips in one batch. */
const mostClips = 32;

/**
 * CLIP-AU: compares frame features with the texts of Action Units and classifies the similarities, with
 * a head trained on other people. It does not own its CLIP by default.
 *
 * @example
 * ```ts
 * import { loadClipAu, openDevice } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * const features = Float32Array.from({ length: 5 * 48 }, (_, i) => Math.sin(i)); // of 5 frames
 * const [prediction] = await model.predict([features]);
 * assert.equal(prediction?.probabilities.length, 2);
 * ```
 */
export class ClipAu implements Disposable {
  /** Its device. */
  readonly device: Device;
  /** Its CLIP. */
  readonly clip: Clip;
  /** Classes, Action Units and parameters. */
  readonly head: Head;
  /**
   * The head on the device.
   * @internal
   */
  readonly weights: HeadWeights;
  /** `[C, d]`: embedded class prompts, not normalised. */
  readonly classTexts: Float32Array<ArrayBuffer> | undefined;
  readonly #classPrompts: readonly string[] | undefined;
  readonly #texts: Float32Array<ArrayBuffer>;
  readonly #plans: SizedPlans<Tensor[]>;
  readonly #owned: DisposableStack;

  private constructor(
    device: Device,
    clip: Clip,
    head: Head,
    weights: HeadWeights,
    texts: Float32Array<ArrayBuffer>,
    classes: {
      readonly prompts: readonly string[] | undefined;
      readonly texts: Float32Array<ArrayBuffer> | undefined;
    },
    owned: DisposableStack,
  ) {
    this.device = device;
    this.clip = clip;
    this.head = head;
    this.weights = weights;
    this.#texts = texts;
    this.#classPrompts = classes.prompts;
    this.classTexts = classes.texts;
    this.#plans = new SizedPlans(device, (r, ...sizes) => this.#record(r, ...sizes));
    this.#owned = owned;
  }

  /** Uploads a head and embeds its prompts. Refuses a CLIP other than the one that it was trained on. */
  static async open(
    device: Device,
    clip: Clip,
    head: Head,
    { classPrompts, ownsClip = false }: ClipAuOptions = {},
  ): Promise<ClipAu> {
    await checkClipOfHead(clip, head);
    const { classes, auPrompts, parameters } = head;
    if (classPrompts && classPrompts.length !== classes.length) {
      throw new TypeError(
        `Cannot use ${classPrompts.length} class prompts: the head has ${classes.length} classes`,
      );
    }
    const texts = await clip.encodeTexts(auPrompts);
    const classTexts = classPrompts && await clip.encodeTexts(classPrompts);
    using owned = new DisposableStack();
    const memory = owned.use(new Weights(device));
    const weights = await packHead(memory, parameters);
    await device.settled(); // reports allocation errors now
    const all = owned.move();
    if (ownsClip) all.use(clip);
    return new ClipAu(device, clip, head, weights, texts, {
      prompts: classPrompts,
      texts: classTexts,
    }, all);
  }

  /** Identifies this CLIP and head, with their prompts. */
  async fingerprint(): Promise<string> {
    const { parameters, auPrompts, neutral, rest } = this.head;
    const head = await sha256([
      await headFingerprint(parameters),
      JSON.stringify(auPrompts),
      // Not their embeddings: another device computes these with other last bits.
      ...this.#classPrompts ? [JSON.stringify(this.#classPrompts)] : [],
      ...neutral ? [neutral] : [],
      ...rest ? [rest.direction, rest.offset] : [],
    ]);
    return `${await this.clip.featureKey()}+${head}`;
  }

  /** Decides on clips of frame features, `[T, d]` each, as the image tower returns them. */
  async predict(clips: readonly Float32Array[]): Promise<Prediction[]> {
    const frames = clips.map((clip) => framesOf(clip, this.clip.config.embedding));
    if (!clips.every((clip) => clip.every(Number.isFinite))) {
      throw new RangeError("Cannot decide on a clip: its features are not all finite numbers");
    }
    const predictions: Prediction[] = [];
    for (const alike of Map.groupBy(clips.keys(), (clip) => frames[clip]).values()) {
      for (let first = 0; first < alike.length; first += mostClips) {
        const some = alike.slice(first, first + mostClips);
        const found = await this.#predict(some.map((clip) => clips[clip] as Float32Array));
        for (const [i, clip] of some.entries()) predictions[clip] = found[i] as Prediction;
      }
    }
    return predictions;
  }

  /** CLIP's similarity of each frame of `[T, d]` to each Action Unit's text: `[T, A]`. */
  unitsByFrame(features: Float32Array): Float32Array<ArrayBuffer> {
    const { embedding: width } = this.clip.config;
    framesOf(features, width);
    return unitsByFrame(features, this.#texts, width);
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }

  /** Decides on clips of one length. */
  async #predict(clips: readonly Float32Array[]): Promise<Prediction[]> {
    const frames = framesOf(clips[0] as Float32Array, this.clip.config.embedding);
    const found = await this.#plans.run([clips.length, frames], { frames: joined(clips) });
    return clips.map((_, i) => {
      const [logits, probabilities, similarities, embedding] = found.map((numbers) => {
        const width = numbers.length / clips.length;
        return numbers.slice(i * width, (i + 1) * width);
      });
      return { logits, probabilities, similarities, embedding } as Prediction;
    });
  }

  #record(r: Recorder, clips = 0, frames = 0): Tensor[] {
    const { embedding: width } = this.clip.config, { units, classes } = this.head.parameters.sizes;
    const texts = r.constant("texts", [units, width], "f32", this.#texts);
    const classTexts = this.classTexts &&
      r.constant("class_texts", [classes, width], "f32", this.classTexts);
    const embedding = embedClips(r, this.weights, r.input("frames", [clips, frames, width]));
    const adapted = l2Normalize(r, adaptTexts(r, this.weights, texts)); // [A, d]
    const { logits, similarities } = decide(r, this.weights, embedding, adapted, classTexts);
    return [logits, softmax(r, logits), similarities, embedding];
  }
}

/** Throws if a head was trained on features of another CLIP. */
export async function checkClipOfHead(
  clip: Clip,
  { clip: wanted, parameters }: Head,
): Promise<void> {
  const name = clipName(clip.config), { embedding } = parameters.sizes;
  if (embedding !== clip.config.embedding) {
    throw new TypeError(
      `Cannot use this head with ${name}: it takes embeddings of ${embedding} numbers` +
        `${wanted ? `, as ${wanted.name} gives` : ""}: got ${clip.config.embedding}`,
    );
  }
  if (wanted === undefined) return;
  const got = await clip.fingerprint();
  if (differInMirroring(got, wanted.fingerprint)) {
    const [learned, here] = wantsMirrored(wanted) ? ["with", "without"] : ["without", "with"];
    throw new TypeError(
      `Cannot use this head with this ${name}: it learned from pictures ${learned} their mirror images: ` +
        `got one that sees them ${here}: load it with the option mirrored as the head wants it`,
    );
  }
  if (got !== wanted.fingerprint) {
    throw new TypeError(
      `Cannot use this head with this ${name}: it was trained on ${wanted.name} ` +
        `(${wanted.fingerprint.slice(0, 12)}): got one with other weights (${got.slice(0, 12)})`,
    );
  }
}
