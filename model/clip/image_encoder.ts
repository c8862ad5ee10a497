import { type Device, formatShape, type Tensor, texelsPerLine } from "../../engine/mod.ts";
import { normalize } from "../../kernels/mod.ts";
import { SizedPlans } from "../sized_plans.ts";
import { type ClipConfig, imageTokens } from "./config.ts";
import { mirrorPicture } from "./mirrored.ts";
import { imageTower, type ImageTowerWeights } from "./image_tower.ts";

/** Embeds images of the tower's size, in batches suited to the adapter. */
export class ImageEncoder implements Disposable {
  /** The number of images in a batch. */
  readonly batch: number;
  readonly #config: ClipConfig;
  readonly #mirrored: boolean;
  readonly #plans: SizedPlans<Tensor>;

  /**
   * Use `Clip.images`.
   * @internal
   */
  constructor(
    device: Device,
    weights: ImageTowerWeights,
    config: ClipConfig,
    mirrored = false,
  ) {
    this.batch = batchFor(device, config);
    this.#config = config;
    this.#mirrored = mirrored;
    const { size } = config.image;
    this.#plans = new SizedPlans(device, (r, count = 0) => {
      const pixels = r.input("pixels", [count, size, size, 4], "u8");
      return imageTower(r, weights, config, normalize(r, pixels));
    });
  }

  /**
   * The embeddings of images, `[N, embedding]`, not normalised. Each image is `[R, R, 4]` bytes: red,
   * green, blue and one that is ignored. Where mirror images count too, they are the means of both.
   */
  async encode(images: readonly Uint8Array<ArrayBuffer>[]): Promise<Float32Array<ArrayBuffer>> {
    if (!this.#mirrored) return await this.#encode(images);
    const { size } = this.#config.image;
    const [own, turned] = await Promise.all([
      this.#encode(images),
      this.#encode(images.map((image) => mirrorPicture(image, size))),
    ]);
    return own.map((x, i) => (x + (turned[i] as number)) / 2);
  }

  async #encode(images: readonly Uint8Array<ArrayBuffer>[]): Promise<Float32Array<ArrayBuffer>> {
    const { embedding, image: { size } } = this.#config;
    const bytes = size * size * 4;
    const wrong = images.find(({ length }) => length !== bytes);
    if (wrong) {
      throw new TypeError(
        `Cannot embed an image of ${wrong.length} bytes: wanted ${formatShape([size, size, 4])}`,
      );
    }
    const reads: Promise<Float32Array<ArrayBuffer>>[] = [];
    for (let first = 0; first < images.length; first += this.batch) {
      const some = images.slice(first, first + this.batch);
      const pixels = new Uint8Array(some.length * bytes);
      for (const [i, image] of some.entries()) pixels.set(image, i * bytes);
      const read = this.#plans.run([some.length], { pixels });
      // Not awaited yet: during the readback the device continues with the next batch.
      read.catch(() => {}); // reported below, where all are awaited
      reads.push(read);
    }
    const all = new Float32Array(images.length * embedding);
    for (const [i, numbers] of (await Promise.all(reads)).entries()) {
      all.set(numbers, i * this.batch * embedding);
    }
    return all;
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}

/** Most images in a batch: more gain nothing and delay the results. */
const mostImages = 128;

/**
 * The batch size that keeps a device busy while the largest tensor stays within its limits. Small towers
 * use larger batches, which share the fixed cost of dispatches.
 */
function batchFor({ adapter, limits }: Device, config: ClipConfig): number {
  const tokens = imageTokens(config), { width, layers } = config.image;
  const largest = tokens * 4 * width; // the perceptron's hidden layer
  const fits = Math.min(
    limits.maxStorageBufferBindingSize / (4 * largest),
    limits.maxTextureDimension2D * texelsPerLine * 4 / largest,
  );
  const ofBase = tokens * width ** 2 * layers / (50 * 768 ** 2 * 12); // relative to ViT-B/32
  const busy = Math.min(mostImages, (adapter.software ? 16 : 64) / Math.min(1, ofBase));
  return Math.max(1, Math.floor(Math.min(busy, fits)));
}
