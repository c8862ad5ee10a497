import { OutOfMemoryError } from "./errors.ts";
import { type TexelFormat, textureBytes } from "./tensor.ts";

/** A leased piece of device memory: disposing gives it back to the pool. */
export interface Lease<T> extends Disposable {
  readonly resource: T;
}

interface Entry<T> {
  readonly key: string;
  readonly bytes: number;
  readonly resource: T;
  /** How often the device had been distrusted when it was made. */
  readonly trust: number;
}

const bufferUsage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC |
  GPUBufferUsage.COPY_DST;
const textureUsage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC |
  GPUTextureUsage.COPY_DST;

/**
 * All device memory of the engine comes from here. Buffers are kept for reuse by size class, since
 * the first touch of a fresh one costs about a millisecond per MiB on a software adapter. Two
 * counters, because one hides leaks: what is in use, and what the device has given us.
 */
export class Pool implements Disposable {
  readonly #gpu: GPUDevice;
  readonly #cap: number;
  readonly #idle = new Map<string, Entry<GPUBuffer | GPUTexture>[]>();
  #used = 0;
  #allocated = 0;
  #peak = 0;
  #trust = 0;

  constructor(gpu: GPUDevice, cap: number) {
    this.#gpu = gpu;
    this.#cap = cap;
  }

  /** Bytes that somebody holds now. */
  get bytesUsed(): number {
    return this.#used;
  }

  /** Bytes that the device has given us, idle ones included. */
  get bytesAllocated(): number {
    return this.#allocated;
  }

  /** The most that was ever allocated at once. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** A storage buffer of at least this size. `exact` is for weights, which are never reused. */
  buffer(bytes: number, label: string, exact = false): Lease<GPUBuffer> {
    const size = exact
      ? Math.ceil(bytes / 16) * 16
      : sizeClass(bytes, this.#gpu.limits.maxBufferSize);
    return this.#take(
      `buffer ${size}`,
      size,
      label,
      () => this.#gpu.createBuffer({ label, size, usage: bufferUsage }),
    );
  }

  /** A two-dimensional storage texture of exactly this size. */
  texture(width: number, height: number, format: TexelFormat, label: string): Lease<GPUTexture> {
    return this.#take(
      `texture ${format} ${width} ${height}`,
      textureBytes({ width, height, format }),
      label,
      () => this.#gpu.createTexture({ label, size: [width, height], format, usage: textureUsage }),
    );
  }

  /** Gives idle memory back to the device. */
  trim(): void {
    for (const entries of this.#idle.values()) {
      for (const { resource, bytes } of entries) {
        resource.destroy();
        this.#allocated -= bytes;
      }
    }
    this.#idle.clear();
  }

  /**
   * The device had an error: none of the memory that it has given so far is used again, since a buffer
   * that could not be made looks like any other.
   */
  distrust(): void {
    this.#trust++;
    this.trim();
  }

  [Symbol.dispose](): void {
    this.trim();
  }

  #take<T extends GPUBuffer | GPUTexture>(
    key: string,
    bytes: number,
    label: string,
    create: () => T,
  ): Lease<T> {
    let entry = this.#idle.get(key)?.pop() as Entry<T> | undefined;
    if (entry === undefined) {
      if (this.#allocated + bytes > this.#cap) this.trim();
      if (this.#allocated + bytes > this.#cap) {
        throw new OutOfMemoryError(
          `Cannot allocate ${inWords(bytes)} for ${label}: ${inWords(this.#allocated)} of ` +
            `the cap of ${inWords(this.#cap)} are in use: raise memoryCap or use smaller batches`,
          bytes,
        );
      }
      entry = { key, bytes, resource: create(), trust: this.#trust };
      this.#allocated += bytes;
      this.#peak = Math.max(this.#peak, this.#allocated);
    }
    this.#used += bytes;
    const taken = entry;
    let held = true;
    return {
      resource: taken.resource,
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#used -= taken.bytes;
        if (taken.trust < this.#trust) {
          taken.resource.destroy();
          this.#allocated -= taken.bytes;
          return;
        }
        const idle = this.#idle.get(taken.key);
        if (idle) idle.push(taken);
        else this.#idle.set(taken.key, [taken]);
      },
    };
  }
}

/**
 * Sizes in steps of a quarter of a power of two: at most a fifth of a buffer is slack. Rounding up
 * never passes `most`, the largest buffer that the device allows.
 */
export function sizeClass(bytes: number, most = Infinity): number {
  const least = Math.max(bytes, 256);
  const step = 2 ** Math.max(6, Math.floor(Math.log2(least)) - 2);
  const rounded = Math.min(Math.ceil(least / step) * step, Math.floor(most / 16) * 16);
  return Math.max(rounded, Math.ceil(bytes / 16) * 16);
}

function inWords(bytes: number): string {
  return bytes < 2 ** 20
    ? `${(bytes / 2 ** 10).toFixed(1)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
