import {
  type Device,
  formatShape,
  type Plan,
  PlanCache,
  record,
  type Tensor,
  texelsPerLine,
} from "../../engine/mod.ts";
import { normalize } from "../../kernels/mod.ts";
import { type ClipConfig, imageTokens } from "./config.ts";
import { imageTower, type ImageTowerWeights } from "./image_tower.ts";

/** Embeds images of the size that the tower takes, in batches sized to the adapter. */
export class ImageEncoder implements Disposable {
  /** Images that go through the tower at once. */
  readonly batch: number;
  readonly #device: Device;
  readonly #weights: ImageTowerWeights;
  readonly #config: ClipConfig;
  readonly #plans = new PlanCache<Plan<Tensor>>();

  /**
   * Use `Clip.images`.
   * @internal
   */
  constructor(device: Device, weights: ImageTowerWeights, config: ClipConfig) {
    this.batch = batchFor(device, config);
    this.#device = device;
    this.#weights = weights;
    this.#config = config;
  }

  /**
   * The embeddings of images, `[N, embedding]`, not normalised. Each image is `[R, R, 4]` bytes: red,
   * green, blue and one that is not looked at.
   */
  async encode(images: readonly Uint8Array<ArrayBuffer>[]): Promise<Float32Array<ArrayBuffer>> {
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
      const read = this.#plans.use(`${some.length}`, () => this.#record(some.length), (plan) => {
        plan.write("pixels", pixels);
        plan.run();
        return this.#device.read(plan.outputs);
      });
      // Not awaited yet: reading back takes a while, in which the device goes on with the next.
      read.catch(() => {}); // told below, where all are awaited
      reads.push(read);
    }
    const all = new Float32Array(images.length * embedding);
    for (const [i, numbers] of (await Promise.all(reads)).entries()) {
      all.set(numbers, i * this.batch * embedding);
    }
    return all;
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }

  #record(batch: number): Promise<Plan<Tensor>> {
    const { size } = this.#config.image;
    return record(this.#device, (r) => {
      const pixels = r.input("pixels", [batch, size, size, 4], "u8");
      return imageTower(r, this.#weights, this.#config, normalize(r, pixels));
    });
  }
}

/** Images that are worth sharing a batch: more gain nothing, and come back later. */
const mostImages = 128;

/**
 * As many images as keep a device busy, as long as its largest tensor stays within the limits. Small
 * towers take more images at once: what each dispatch costs by itself is shared among them.
 */
function batchFor({ adapter, limits }: Device, config: ClipConfig): number {
  const tokens = imageTokens(config), { width, layers } = config.image;
  const largest = tokens * 4 * width; // numbers in the perceptron's middle
  const fits = Math.min(
    limits.maxStorageBufferBindingSize / (4 * largest),
    limits.maxTextureDimension2D * texelsPerLine * 4 / largest,
  );
  const ofBase = tokens * width ** 2 * layers / (50 * 768 ** 2 * 12); // ViT-B/32's work
  const busy = Math.min(mostImages, (adapter.software ? 16 : 64) / Math.min(1, ofBase));
  return Math.max(1, Math.floor(Math.min(busy, fits)));
}
