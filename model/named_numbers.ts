import { formatShape, sameShape, type Shape } from "../engine/mod.ts";
import { toFloat32 } from "../io/tensors/stored_type.ts";
import { storedTensor, type TensorFile } from "../io/tensors/tensor_file.ts";
import type { TensorToWrite } from "../io/tensors/write_safetensors.ts";

/** A model's numbers by the names of its parameters, in PyTorch's layout. */
export type NamedNumbers = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/**
 * Reads a model's parameters by their names, which a prefix may precede in the file. Throws with the name of
 * one that is missing, has a wrong shape, or holds what is no finite number.
 */
export async function readNumbers(
  file: TensorFile,
  shapes: ReadonlyMap<string, Shape>,
  prefix = "",
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of shapes) {
    const stored = storedTensor(file, prefix + name);
    if (!sameShape(stored.shape, shape)) {
      throw new TypeError(
        `Cannot load "${file.name}": ${prefix}${name} must be ${formatShape(shape)}: ` +
          `got ${formatShape(stored.shape)}`,
      );
    }
    const data = toFloat32(stored.dtype, await file.read(prefix + name));
    if (!data.every(Number.isFinite)) {
      throw new TypeError(
        `Cannot load "${file.name}": ${prefix}${name} has numbers that are not finite`,
      );
    }
    numbers.set(name, data);
  }
  return numbers;
}

/** A model's parameters as a safetensors file has them. */
export function numbersToWrite(
  shapes: ReadonlyMap<string, Shape>,
  numbers: NamedNumbers,
): Record<string, TensorToWrite> {
  return Object.fromEntries(
    [...shapes].map(([name, shape]) => [
      name,
      { dtype: "F32", shape, data: numbers.get(name) as Float32Array<ArrayBuffer> },
    ]),
  );
}
