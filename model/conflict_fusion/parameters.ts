import {
  type Device,
  type Plan,
  type Recorder,
  Rng,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { fromMatrix, matrixShape, toMatrix } from "../clip_au/head_weights.ts";
import type { NamedNumbers } from "../named_numbers.ts";
import { conflictShapes, type ConflictSizes } from "./sizes.ts";

/** A conflict fusion model's parameters on the host. */
export interface ConflictParameters {
  readonly sizes: ConflictSizes;
  readonly numbers: NamedNumbers;
}

/** Weights of linear layers have two axes; on the device they are `[in, out]`. */
const isMatrix = (name: string, shape: Shape) => name.endsWith("weight") && shape.length === 2;

/** What stands for a modality that is not there is a row, as a matmul takes it. */
const onDevice = (name: string, shape: Shape): Shape =>
  isMatrix(name, shape) ? matrixShape(shape) : name.startsWith("no_") ? [1, ...shape] : shape;

/** Records the parameters as inputs, so that they are leaves for gradients. */
export function conflictInputs(
  r: Recorder,
  sizes: ConflictSizes,
  prefix = "",
): Map<string, Tensor> {
  return new Map(
    [...conflictShapes(sizes)].map(([name, shape]) => [
      name,
      r.input(prefix + name, onDevice(name, shape)),
    ]),
  );
}

/** Writes numbers to the inputs that `conflictInputs()` recorded. */
export function writeConflict(
  plan: Plan,
  { sizes, numbers }: ConflictParameters,
  prefix = "",
): void {
  for (const [name, shape] of conflictShapes(sizes)) {
    const data = numbers.get(name) as Float32Array<ArrayBuffer>;
    plan.write(prefix + name, isMatrix(name, shape) ? toMatrix(data, shape) : data);
  }
}

/** Reads tensors that lie in the order of the parameters, as numbers by name. */
export async function readConflict(
  device: Device,
  sizes: ConflictSizes,
  tensors: readonly Tensor[],
): Promise<NamedNumbers> {
  const read = await device.read(tensors);
  return new Map(
    [...conflictShapes(sizes)].map(([name, shape], i) => {
      const data = read[i] as Float32Array<ArrayBuffer>;
      return [name, isMatrix(name, shape) ? fromMatrix(data, shape) : data];
    }),
  );
}

/** Parameters to start training from, initialised as PyTorch's layers are; tokens are small and normal. */
export function initialConflict(sizes: ConflictSizes, seed: number): ConflictParameters {
  const rng = new Rng(seed), shapes = conflictShapes(sizes);
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of shapes) {
    const length = shape.reduce((product, size) => product * size, 1);
    const weight = shapes.get(name.replace(/bias$/, "weight"));
    const [, inputs] = weight ?? [];
    const draw = inputs !== undefined
      ? () => (2 * rng.uniform() - 1) / Math.sqrt(inputs) // a linear layer
      : weight !== undefined
      ? () => name.endsWith("weight") ? 1 : 0 // a normalisation
      : () => 0.02 * rng.normal(); // a token
    numbers.set(name, Float32Array.from({ length }, draw));
  }
  return { sizes, numbers };
}
