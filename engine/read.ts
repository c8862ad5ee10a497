import { type DType, hostArray } from "./dtype.ts";
import { sizeClass } from "./pool.ts";
import { elements } from "./shape.ts";
import { type AnyTensor, type Tensor, tensorBytes, type Texture } from "./tensor.ts";

/** Copies device memory to the host through a ring of staging buffers that are kept for reuse. */
export class Reader implements Disposable {
  readonly #gpu: GPUDevice;
  readonly #idle: GPUBuffer[] = [];
  readonly #all = new Set<GPUBuffer>();

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
  }

  /** The tensors' elements, with one submission and one wait for all of them. */
  async read(tensors: readonly AnyTensor[]) {
    // All places are looked up before the first staging buffer is taken: none is lost on the way.
    const placed = tensors.map((tensor) => {
      if (tensor.place) return { tensor, place: tensor.place };
      throw new TypeError(
        `Cannot read "${tensor.label}": it has no memory of its own: return it from the ` +
          `recorded function, and read it before its plan is disposed`,
      );
    });
    const encoder = this.#gpu.createCommandEncoder({ label: "read" });
    const staged = placed.map(({ tensor, place }) => {
      const bytes = tensorBytes(tensor);
      const buffer = this.#take(bytes);
      encoder.copyBufferToBuffer(place.buffer, place.offset, buffer, 0, bytes);
      return { tensor, buffer, bytes };
    });
    try {
      this.#gpu.queue.submit([encoder.finish()]);
      // All maps are asked for before the first is awaited, so that they share one wait. A mapped
      // range must not be touched before its promise resolves: that would end the process.
      await Promise.all(
        staged.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes)),
      );
    } catch (error) {
      for (const { buffer } of staged) {
        this.#all.delete(buffer);
        buffer.destroy();
      }
      throw error;
    }
    return staged.map(({ tensor, buffer, bytes }) => {
      const copy = buffer.getMappedRange(0, bytes).slice(0);
      buffer.unmap();
      this.#idle.push(buffer);
      return hostArray((tensor as Tensor<DType>).dtype, copy, elements(tensor.shape));
    });
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes, this.#gpu.limits.maxBufferSize);
    const at = this.#idle.findIndex((buffer) => buffer.size === size);
    if (at >= 0) return this.#idle.splice(at, 1)[0] as GPUBuffer;
    const buffer = this.#gpu.createBuffer({
      label: "staging",
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.#all.add(buffer);
    return buffer;
  }
}

/** The texels of a texture, row by row, four numbers each: for looking at packed weights. */
export async function readTexture(gpu: GPUDevice, texture: Texture): Promise<Float32Array> {
  if (!texture.place) throw new TypeError(`Cannot read "${texture.label}": it has no memory`);
  const half = texture.format === "rgba16float";
  const rowBytes = texture.width * (half ? 8 : 16);
  const bytesPerRow = Math.ceil(rowBytes / 256) * 256;
  const buffer = gpu.createBuffer({
    label: "staging",
    size: bytesPerRow * texture.height,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = gpu.createCommandEncoder({ label: "read" });
    encoder.copyTextureToBuffer({ texture: texture.place }, { buffer, bytesPerRow }, [
      texture.width,
      texture.height,
    ]);
    gpu.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const bytes = buffer.getMappedRange().slice(0);
    const texels = new Float32Array(texture.width * texture.height * 4);
    for (let y = 0; y < texture.height; y++) {
      const row = half
        ? new Float16Array(bytes, y * bytesPerRow, texture.width * 4)
        : new Float32Array(bytes, y * bytesPerRow, texture.width * 4);
      texels.set(row, y * texture.width * 4);
    }
    return texels;
  } finally {
    buffer.destroy();
  }
}
