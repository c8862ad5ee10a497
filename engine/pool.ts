import { OutOfMemoryError } from "./errors.ts";
import { type TexelFormat, textureBytes } from "./tensor.ts";

type Resource = GPUBuffer | GPUTexture;

/**
 * A share in a piece of device memory. The memory goes back to the pool when the last of its leases
 * is disposed of.
 */
export interface Lease<T> extends Disposable {
  readonly resource: T;
}

interface Entry<T> {
  readonly key: string;
  readonly bytes: number;
  readonly resource: T;
  /** Value of the pool's trust counter at creation. */
  readonly trust: number;
  /** Leases that have not been disposed of. */
  leases: number;
}

const bufferUsage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC |
  GPUBufferUsage.COPY_DST;
const stagingUsage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
const textureUsage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC |
  GPUTextureUsage.COPY_DST;

/**
 * The source of all device memory. Buffers are kept for reuse by size class, because the first touch
 * of a new one costs about a millisecond per MiB on a software adapter. Bytes in use and bytes
 * allocated are counted separately: either number alone would hide a leak.
 *
 * Memory has reference-counted owners: whoever binds memory that somebody else took calls
 * `retain()`, so it cannot be reused underneath them.
 */
export class Pool implements Disposable {
  readonly #gpu: GPUDevice;
  readonly #cap: number;
  readonly #idle = new Map<string, Entry<Resource>[]>();
  readonly #held = new Map<Resource, Entry<Resource>>();
  #used = 0;
  #allocated = 0;
  #peak = 0;
  #trust = 0;

  constructor(gpu: GPUDevice, cap: number) {
    this.#gpu = gpu;
    this.#cap = cap;
  }

  /** Bytes that are leased now. */
  get bytesUsed(): number {
    return this.#used;
  }

  /** Bytes allocated on the device, idle ones included. */
  get bytesAllocated(): number {
    return this.#allocated;
  }

  /** Bytes that are kept for reuse. */
  get bytesIdle(): number {
    return this.#allocated - this.#used;
  }

  /** The highest value that `bytesAllocated` has had. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** A storage buffer of at least this size. `exact` is for weights: no rounding to a size class. */
  buffer(bytes: number, label: string, exact = false): Lease<GPUBuffer> {
    const size = exact ? Math.ceil(bytes / 16) * 16 : this.#sizeClass(bytes);
    return this.#takeBuffer(size, label, bufferUsage);
  }

  /** A buffer of at least this size that device memory is copied to and the host can map. */
  staging(bytes: number): Lease<GPUBuffer> {
    return this.#takeBuffer(this.#sizeClass(bytes), "staging", stagingUsage);
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

  /** One more lease of memory that is leased already. `label` names its user in the refusal. */
  retain<T extends Resource>(resource: T, label: string): Lease<T> {
    const entry = this.#held.get(resource);
    if (entry === undefined) {
      throw new TypeError(
        `Cannot use the memory of ${label}: it was disposed of, or belongs to another device`,
      );
    }
    return this.#lease(entry as Entry<T>);
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
   * Rules out reuse of all memory allocated so far, after a device error: a buffer whose creation
   * failed looks like any other.
   */
  distrust(): void {
    this.#trust++;
    this.trim();
  }

  [Symbol.dispose](): void {
    this.trim();
  }

  #sizeClass(bytes: number): number {
    return sizeClass(bytes, this.#gpu.limits.maxBufferSize);
  }

  #takeBuffer(size: number, label: string, usage: number): Lease<GPUBuffer> {
    const create = () => this.#gpu.createBuffer({ label, size, usage });
    return this.#take(`buffer ${usage} ${size}`, size, label, create);
  }

  #take<T extends Resource>(
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
      entry = { key, bytes, resource: create(), trust: this.#trust, leases: 0 };
      this.#allocated += bytes;
      this.#peak = Math.max(this.#peak, this.#allocated);
    }
    this.#used += bytes;
    this.#held.set(entry.resource, entry);
    return this.#lease(entry);
  }

  #lease<T extends Resource>(entry: Entry<T>): Lease<T> {
    entry.leases++;
    let held = true;
    return {
      resource: entry.resource,
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        if (--entry.leases === 0) this.#putBack(entry);
      },
    };
  }

  #putBack(entry: Entry<Resource>): void {
    this.#held.delete(entry.resource);
    this.#used -= entry.bytes;
    if (entry.trust < this.#trust) {
      entry.resource.destroy();
      this.#allocated -= entry.bytes;
      return;
    }
    const idle = this.#idle.get(entry.key);
    if (idle) idle.push(entry);
    else this.#idle.set(entry.key, [entry]);
  }
}

/**
 * Rounds up to a quarter of a power of two, so that at most a fifth of a buffer is slack. The result
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
