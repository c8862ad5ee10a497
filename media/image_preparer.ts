import {
  type Device,
  formatShape,
  type Plan,
  PlanCache,
  record,
  type Tensor,
} from "../engine/mod.ts";
import { centerCrop, crop, resize } from "../kernels/mod.ts";
import type { Filter } from "../kernels/resize/taps.ts";

/** Pixels of an image, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]` or `[height, width, 4]`; a fourth byte is not looked at. */
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

/** Makes of images of any size the squares that CLIP takes, as Pillow does, bit for bit. */
export class ImagePreparer implements Disposable {
  /** Pixels along a side of the squares. */
  readonly size: number;
  readonly #device: Device;
  readonly #filter: Filter;
  readonly #plans = new PlanCache<Plan<Tensor<"u8">>>();

  constructor(device: Device, size: number, filter: Filter = "bicubic") {
    this.#device = device;
    this.size = size;
    this.#filter = filter;
  }

  /** The square in the middle of a scaled image: `[size, size, 4]` bytes. */
  async prepare({ width, height, data }: Image): Promise<Uint8Array<ArrayBuffer>> {
    const channels = data.length / (width * height);
    if (channels !== 3 && channels !== 4) {
      throw new TypeError(
        `Cannot prepare an image of ${data.length} bytes: wanted ` +
          `${formatShape([height, width, 3])} or ${formatShape([height, width, 4])}`,
      );
    }
    const plan = await this.#plans.get(
      `${width} ${height} ${channels}`,
      () => this.#record(width, height, channels),
    );
    plan.write("image", data);
    plan.run();
    return await this.#device.read(plan.outputs);
  }

  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }

  #record(width: number, height: number, channels: number): Promise<Plan<Tensor<"u8">>> {
    const [scaledWidth, scaledHeight] = scaledSize(width, height, this.size);
    return record(this.#device, (r) => {
      const image = r.input("image", [1, height, width, channels], "u8");
      const scaled = resize(r, image, {
        width: scaledWidth,
        height: scaledHeight,
        filter: this.#filter,
      });
      return crop(r, scaled, centerCrop(scaledHeight, scaledWidth, this.size));
    });
  }
}
