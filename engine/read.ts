import { blocking } from "./host.ts";
import { hostArray } from "./dtype.ts";
import type { Pool } from "./pool.ts";
import { takeMapped } from "./quick_map.ts";
import { elements } from "./shape.ts";
import { type AnyTensor, tensorBytes, type Texture } from "./tensor.ts";

/**
 * Copies device memory to the host through staging buffers. Deno sleeps 10 ms before the promise of
 * `mapAsync()` resolves; where that was found to be unnecessary (see `probeQuickMap()`), staging
 * buffers are read without it, except for the first map of each.
 */
export class Reader {
  readonly #gpu: GPUDevice;
  readonly #pool: Pool;
  #fence: GPUBuffer | undefined;
  readonly #mappedBefore = new WeakSet<GPUBuffer>();

  /** `fence` is a staging buffer for `settle()` that was mapped before; without one, maps are awaited. */
  constructor(gpu: GPUDevice, pool: Pool, fence?: GPUBuffer) {
    this.#gpu = gpu;
    this.#pool = pool;
    this.#fence = fence;
    if (fence) this.#mappedBefore.add(fence);
  }

  /** Whether reads go without the wait. */
  get quick(): boolean {
    return this.#fence !== undefined;
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
      return { buffer, bytes };
    });
    const copies = await this.#map(encoder, staged);
    return tensors.map(({ dtype, shape }, i) =>
      hostArray(dtype, copies[i] as ArrayBuffer, elements(shape))
    );
  }

  /** Resolves when all submitted work is done. */
  async settle(): Promise<void> {
    const buffer = this.#fence;
    if (buffer === undefined) {
      return await blocking(() => this.#gpu.queue.onSubmittedWorkDone());
    }
    const encoder = this.#gpu.createCommandEncoder({ label: "settle" });
    encoder.clearBuffer(buffer);
    try {
      await this.#map(encoder, [{ buffer, bytes: buffer.size }]);
    } catch (error) {
      this.#fence = undefined; // what has failed once is not relied on again
      throw error;
    }
  }

  /** Submits the commands that fill staging buffers and gives what is in these afterwards. */
  async #map(
    encoder: GPUCommandEncoder,
    staged: readonly { buffer: GPUBuffer; bytes: number }[],
  ): Promise<ArrayBuffer[]> {
    const quick = this.quick && staged.every(({ buffer }) => this.#mappedBefore.has(buffer));
    try {
      this.#gpu.queue.submit([encoder.finish()]);
      // A map blocks until the device has done all its work: first the caller may submit more of it, and
      // the errors of what was submitted before arrive, which come as events.
      await nextTurn();
      // All maps are requested before the first is awaited, so that they share one wait.
      const mapped = blocking(() =>
        Promise.all(staged.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes)))
      );
      if (quick) {
        mapped.catch(() => {}); // awaited only if something is wrong
        try {
          return takeMapped(staged);
        } catch (error) {
          await mapped;
          throw error;
        }
      }
      await mapped;
      for (const { buffer } of staged) this.#mappedBefore.add(buffer);
      return takeMapped(staged);
    } catch (error) {
      this.#pool.distrust(); // nobody knows in which state the buffers are
      throw error;
    }
  }
}

/**
 * Waits until events that are due have been told; a timer would take a millisecond and more. Pages have no
 * `setImmediate()`; elsewhere it is preferred, since Deno keeps some kilobytes of each message channel.
 */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (action: () => void) => unknown };
  return new Promise((resolve) => {
    // The second one comes after the events that the first turn found.
    if (setImmediate) return void setImmediate(() => setImmediate(resolve));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
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
  await blocking(() => buffer.mapAsync(GPUMapMode.READ));
  const [bytes] = takeMapped([{ buffer, bytes: bytesPerRow * texture.height }]) as [ArrayBuffer];
  const texels = new Float32Array(texture.width * texture.height * 4);
  for (let y = 0; y < texture.height; y++) {
    const row = half
      ? new Float16Array(bytes, y * bytesPerRow, texture.width * 4)
      : new Float32Array(bytes, y * bytesPerRow, texture.width * 4);
    texels.set(row, y * texture.width * 4);
  }
  return texels;
}
