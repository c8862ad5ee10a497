import { type DType, hostArray } from "./dtype.ts";
import type { Pool } from "./pool.ts";
import { elements } from "./shape.ts";
import { type AnyTensor, type Tensor, tensorBytes, type Texture } from "./tensor.ts";

/** Copies device memory to the host through staging buffers. */
export class Reader {
  readonly #gpu: GPUDevice;
  readonly #pool: Pool;

  constructor(gpu: GPUDevice, pool: Pool) {
    this.#gpu = gpu;
    this.#pool = pool;
  }

  /** The tensors' elements, with one submission and one wait for all of them. */
  async read(tensors: readonly AnyTensor[]) {
    // All places are looked up first, so that a refusal takes no staging memory.
    const placed = tensors.map((tensor) => {
      if (tensor.place) return { tensor, place: tensor.place };
      throw new TypeError(
        `Cannot read "${tensor.label}": it has no memory of its own: return it from the ` +
          `recorded function, and read it before its plan is disposed`,
      );
    });
    using taken = new DisposableStack();
    const encoder = this.#gpu.createCommandEncoder({ label: "read" });
    const staged = placed.map(({ tensor, place }) => {
      const bytes = tensorBytes(tensor);
      const buffer = taken.use(this.#pool.staging(bytes)).resource;
      encoder.copyBufferToBuffer(place.buffer, place.offset, buffer, 0, bytes);
      return { tensor, buffer, bytes };
    });
    try {
      this.#gpu.queue.submit([encoder.finish()]);
      // All maps are requested before the first is awaited, so that they share one wait. A mapped
      // range must not be touched before its promise resolves: that would end the process.
      await Promise.all(
        staged.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes)),
      );
    } catch (error) {
      this.#pool.distrust(); // nobody knows in which state the buffers are
      throw error;
    }
    return staged.map(({ tensor, buffer, bytes }) => {
      const copy = buffer.getMappedRange(0, bytes).slice(0);
      buffer.unmap();
      return hostArray((tensor as Tensor<DType>).dtype, copy, elements(tensor.shape));
    });
  }
}

/** The texels of a texture, row by row, four numbers each: for looking at packed weights. */
export async function readTexture(
  { gpu, pool }: { readonly gpu: GPUDevice; readonly pool: Pool },
  texture: Texture,
): Promise<Float32Array> {
  if (!texture.place) throw new TypeError(`Cannot read "${texture.label}": it has no memory`);
  const half = texture.format === "rgba16float";
  const rowBytes = texture.width * (half ? 8 : 16);
  const bytesPerRow = Math.ceil(rowBytes / 256) * 256;
  using lease = pool.staging(bytesPerRow * texture.height);
  const buffer = lease.resource;
  const encoder = gpu.createCommandEncoder({ label: "read" });
  encoder.copyTextureToBuffer({ texture: texture.place }, { buffer, bytesPerRow }, [
    texture.width,
    texture.height,
  ]);
  gpu.queue.submit([encoder.finish()]);
  await buffer.mapAsync(GPUMapMode.READ);
  const bytes = buffer.getMappedRange().slice(0);
  buffer.unmap();
  const texels = new Float32Array(texture.width * texture.height * 4);
  for (let y = 0; y < texture.height; y++) {
    const row = half
      ? new Float16Array(bytes, y * bytesPerRow, texture.width * 4)
      : new Float32Array(bytes, y * bytesPerRow, texture.width * 4);
    texels.set(row, y * texture.width * 4);
  }
  return texels;
}
