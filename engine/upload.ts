import { isHostArray } from "./dtype.ts";
import { elements, formatShape } from "./shape.ts";
import type { AnyTensor, Place } from "./tensor.ts";

/** Writes an array to the device; the last bytes are completed to the whole word that it takes. */
export function upload(
  gpu: GPUDevice,
  { buffer, offset }: Place,
  data: ArrayBufferView<ArrayBuffer>,
): void {
  const whole = data.byteLength - data.byteLength % 4;
  gpu.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, whole);
  if (whole < data.byteLength) {
    const tail = new Uint8Array(4);
    tail.set(new Uint8Array(data.buffer, data.byteOffset + whole, data.byteLength - whole));
    gpu.queue.writeBuffer(buffer, offset + whole, tail);
  }
}

/** Throws unless an array has a tensor's element type and exactly its elements. */
export function checkData(
  action: string,
  { shape, dtype }: Pick<AnyTensor, "shape" | "dtype">,
  data: ArrayBufferView & ArrayLike<number>,
): void {
  if (data.length === elements(shape) && isHostArray(dtype, data)) return;
  throw new TypeError(
    `Cannot ${action}: got ${data.length} elements of ${data.constructor.name}: ` +
      `wanted ${dtype} ${formatShape(shape)}`,
  );
}
