import {
  type Device,
  formatShape,
  type Plan,
  PlanCache,
  record,
  type Tensor,
} from "../engine/mod.ts";
import { centerCrop, crop, resize } from "../kernels/mod.ts";
import type { Filter } from "../kernels/resize/resize.ts";

/** Pixels of an image, row by row. */
export interface Image {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** `[height, width, 3]` or `[height, width, 4]`; a fourth byte is ignored. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * The size to which CLIP scales an image before it cuts out the middle: the shorter side becomes
 * `size`, the longer one is cut down to a whole number.
 */
export function scaledSize(width: number, height: number, size: number): [number, number] {
  return width <= height
    ? [size, Math.trunc(size * height / width)]
    : [Math.trunc(size * width / height), size];
}

/**
 * Scales and crops images to the squares that CLIP takes, bit for bit like Pillow.
 *
 * @example
 * ```ts
 * import { ImagePreparer, openDevice } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using preparer = new ImagePreparer(device, 4);
 * const red = { width: 2, height: 2, data: new Uint8Array(12).map((_, i) => i % 3 === 0 ? 255 : 0) };
 * const square = await preparer.prepare(red);
 * assert.deepEqual([square.length, square[0], square[1]], [4 * 4 * 4, 255, 0]);
 * ```
 */
export class ImagePreparer implements Disposable {
  /** Side of the squares, in pixels. */
  readonly size: number;
  readonly #device: Device;
  readonly #filter: Filter;
  readonly #plans = new PlanCache<Plan<Tensor<"u8">>>();

  /** Prepares squares of the given side, in pixels. */
  constructor(device: Device, size: number, filter: Filter = "bicubic") {
    this.#device = device;
    this.size = size;
    this.#filter = filter;
  }

  /** Scales an image and cuts out its central square: `[size, size, 4]` bytes. */
  async prepare(image: Image): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height, data } = image, channels = data.length / (width * height);
    if (channels !== 3 && channels !== 4) {
      throw new TypeError(
        `Cannot prepare an image of ${data.length} bytes: wanted ` +
          `${formatShape([height, width, 3])} or ${formatShape([height, width, 4])}`,
      );
    }
    const scaled = scaledSize(width, height, this.size);
    const most = this.#device.limits.maxStorageBufferBindingSize;
    if (data.length <= most) return await this.#run(image, scaled);
    return await this.#run(await this.#narrow(image, scaled[0], most), scaled);
  }

  async #run({ width, height, data }: Image, scaled: readonly [number, number]) {
    const channels = data.length / (width * height), [scaledWidth, scaledHeight] = scaled;
    return await this.#plans.use(
      `${width} ${height} ${channels} ${scaled}`,
      () =>
        record(this.#device, (r) => {
          const image = r.input("image", [1, height, width, channels], "u8");
          const to = { width: scaledWidth, height: scaledHeight, filter: this.#filter };
          const whole = resize(r, image, to);
          return crop(r, whole, centerCrop(scaledHeight, scaledWidth, this.size));
        }),
      (plan) => {
        plan.write("image", data);
        plan.run();
        return this.#device.read(plan.outputs);
      },
    );
  }

  /**
   * Scales an image that is too large for the device to its final width, in bands of rows. Rows are scaled
   * independently and before columns, so that bands give the same bytes.
   */
  async #narrow({ width, height, data }: Image, narrow: number, most: number): Promise<Image> {
    const channels = data.length / (width * height);
    const rows = Math.floor(most / (width * channels));
    if (rows < 1) throw new RangeError(`Cannot prepare an image ${width} pixels wide: too wide`);
    const all = new Uint8Array(height * narrow * 4);
    for (let first = 0; first < height; first += rows) {
      const count = Math.min(rows, height - first);
      const from = first * width * channels,
        band = data.slice(from, from + count * width * channels);
      using plan = await record(this.#device, (r) => {
        const x = r.input("band", [1, count, width, channels], "u8");
        return resize(r, x, { width: narrow, height: count, filter: this.#filter });
      });
      plan.write("band", band);
      plan.run();
      all.set(await this.#device.read(plan.outputs), first * narrow * 4);
    }
    return { width: narrow, height, data: all };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}
