import type { Device } from "./device.ts";
import { type DType, type HostArrays, isHostArray } from "./dtype.ts";
import { checkLimit } from "./limits.ts";
import { checkShape, elements, formatShape, type Shape } from "./shape.ts";
import { type Tensor, tensorBytes, type TexelFormat, type Texture } from "./tensor.ts";
import { upload } from "./upload.ts";

/**
 * Owns the tensors of a model: they live until it is disposed, whatever plans use them.
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
  /** The device that it lives on. */
  readonly device: Device;
  readonly #stack = new DisposableStack();

  /** Weights on a device, none at first. */
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
    if (data.length !== elements(shape) || !isHostArray(dtype, data)) {
      throw new TypeError(
        `Cannot load weight "${label}": got ${data.length} elements of ` +
          `${data.constructor.name}: wanted ${dtype} ${formatShape(shape)}`,
      );
    }
    return this.device.watch(() => {
      const tensor = this.#empty(label, shape, dtype);
      if (tensor.place) upload(this.device.gpu, tensor.place, data);
      return tensor;
    });
  }

  /** A tensor to be filled by a kernel. */
  empty<D extends DType>(label: string, shape: Shape, dtype: D): Tensor<D> {
    return this.device.watch(() => this.#empty(label, shape, dtype));
  }

  #empty<D extends DType>(label: string, shape: Shape, dtype: D): Tensor<D> {
    this.#checkUsable(label);
    checkShape(`load weight "${label}"`, shape);
    const bytes = tensorBytes({ shape, dtype });
    checkLimit(this.device.limits, "maxBufferSize", bytes, label, "its size in bytes");
    const { resource: buffer } = this.#stack.use(this.device.pool.buffer(bytes, label, true));
    const tensor: Tensor<D> = { kind: "tensor", label, shape, dtype, place: { buffer, offset: 0 } };
    this.#stack.defer(() => tensor.place = undefined);
    return tensor;
  }

  /** A texture to be filled by a kernel. */
  texture(label: string, width: number, height: number, format: TexelFormat): Texture {
    this.#checkUsable(label);
    const size = Math.max(width, height);
    checkLimit(this.device.limits, "maxTextureDimension2D", size, label, "its texture size");
    const lease = this.device.watch(() =>
      this.#stack.use(this.device.pool.texture(width, height, format, label))
    );
    const texture: Texture = {
      kind: "texture",
      label,
      width,
      height,
      format,
      place: lease.resource,
    };
    this.#stack.defer(() => texture.place = undefined);
    return texture;
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    this.#stack[Symbol.dispose]();
  }

  #checkUsable(label: string): void {
    if (this.#stack.disposed) {
      throw new TypeError(`Cannot load weight "${label}": the weights were disposed`);
    }
  }
}
