import type { Device } from "./device.ts";
import type { DType, HostArrays } from "./dtype.ts";
import { checkLimit } from "./limits.ts";
import type { Lease } from "./pool.ts";
import { checkShape, type Shape } from "./shape.ts";
import { type Tensor, tensorBytes, type TexelFormat, type Texture } from "./tensor.ts";
import { checkData, upload } from "./upload.ts";

/**
 * Owns the weights of a model. After its disposal nothing new can be recorded with them. Plans that were
 * recorded before still run: each keeps the memory that it binds until it is disposed of as well.
 *
 * @example
 * ```ts
 * import { add, openDevice, record, Weights } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using weights = new Weights(device);
 * const bias = weights.tensor("bias", [2], "f32", Float32Array.of(1, 2));
 * using plan = await record(device, (r) => add(r, r.input("x", [2]), bias));
 * plan.write("x", Float32Array.of(10, 20));
 * plan.run();
 * assert.deepEqual([...await device.read(plan.outputs)], [11, 22]);
 * ```
 */
export class Weights implements Disposable {
  /** The device that holds the weights. */
  readonly device: Device;
  readonly #stack = new DisposableStack();

  /** Starts without any weights. */
  constructor(device: Device) {
    this.device = device;
  }

  /** A tensor with contents. */
  tensor<D extends DType>(
    label: string,
    shape: Shape,
    dtype: D,
    data: HostArrays[D],
  ): Tensor<D> {
    checkData(`load weight "${label}"`, { shape, dtype }, data);
    // A second try comes after this call, when the caller may have changed the array.
    const again = this.device.pool.bytesIdle > 0 ? data.slice() : data;
    return this.#tensor(label, shape, dtype, data, again);
  }

  /** A tensor to be filled by a kernel. */
  empty<D extends DType>(label: string, shape: Shape, dtype: D): Tensor<D> {
    return this.#tensor(label, shape, dtype);
  }

  #tensor<D extends DType>(
    label: string,
    shape: Shape,
    dtype: D,
    ...contents: ArrayBufferView<ArrayBuffer>[]
  ): Tensor<D> {
    this.#checkUsable(label);
    checkShape(`load weight "${label}"`, shape);
    const { gpu, limits, pool } = this.device;
    const bytes = tensorBytes({ shape, dtype });
    checkLimit(limits, "maxBufferSize", bytes, label, "its size in bytes");
    const tensor: Tensor<D> = { kind: "tensor", label, shape, dtype };
    this.#allocate(tensor, () => pool.buffer(bytes, label, true), (buffer) => {
      tensor.place = { buffer, offset: 0 };
      const data = contents.shift();
      if (data) upload(gpu, tensor.place, data);
    });
    return tensor;
  }

  /** A texture to be filled by a kernel. */
  texture(label: string, width: number, height: number, format: TexelFormat): Texture {
    this.#checkUsable(label);
    const { limits, pool } = this.device;
    const size = Math.max(width, height);
    checkLimit(limits, "maxTextureDimension2D", size, label, "its texture size");
    const texture: Texture = { kind: "texture", label, width, height, format };
    const take = () => pool.texture(width, height, format, label);
    this.#allocate(texture, take, (place) => texture.place = place);
    return texture;
  }

  /** Takes memory for a tensor or texture; once more if the device is out of it and some idled. */
  #allocate<R>(
    owner: { place?: unknown },
    take: () => Lease<R>,
    use: (resource: R) => void,
  ): void {
    let lease: Lease<R> | undefined;
    const action = () => {
      lease?.[Symbol.dispose]();
      lease = undefined;
      if (this.#stack.disposed) return;
      lease = take();
      use(lease.resource);
    };
    const mayRetry = this.device.pool.bytesIdle > 0;
    this.device.watch(action, mayRetry ? action : undefined);
    this.#stack.defer(() => {
      owner.place = undefined;
      lease?.[Symbol.dispose]();
    });
  }

  /** Releases all memory. What plans use of it stays until they are disposed of as well. */
  [Symbol.dispose](): void {
    this.#stack[Symbol.dispose]();
  }

  #checkUsable(label: string): void {
    if (this.#stack.disposed) {
      throw new TypeError(`Cannot load weight "${label}": the weights were disposed`);
    }
  }
}
