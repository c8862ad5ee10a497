import {
  type DType,
  elements,
  type HostArrays,
  type Operand,
  type Recorder,
  type Rng,
  toHostArray,
  type Weights,
} from "../engine/mod.ts";
import type { Case, CaseOperand } from "./kernel.ts";
import { packMatrix } from "./matmul/pack_matrix.ts";

/** An operand of a case with its numbers, rounded to its element type. */
export interface FilledOperand {
  readonly operand: CaseOperand;
  readonly data: HostArrays[DType];
}

/** The operands of a case by name. */
export type FilledOperands = ReadonlyMap<string, FilledOperand>;

/** Fills the operands of a case: the same numbers on every machine. */
export function fillOperands({ inputs }: Case<unknown>, rng: Rng): FilledOperands {
  return new Map(
    Object.entries(inputs).flatMap(([name, operand]) => {
      if (operand === undefined) return [];
      const numbers = Array.from(
        { length: elements(operand.shape) },
        (_, i) => operand.fill(rng, i),
      );
      const dtype = operand.kind === "packed" ? operand.store : operand.dtype;
      return [[name, { operand, data: toHostArray(dtype, numbers) }] as const];
    }),
  );
}

/** Packs the weights among the operands. */
export async function packOperands(
  weights: Weights,
  filled: FilledOperands,
): Promise<ReadonlyMap<string, Operand>> {
  const packed = new Map<string, Operand>();
  for (const [name, { operand, data }] of filled) {
    if (operand.kind !== "packed") continue;
    const matrix = Float32Array.from(data);
    packed.set(name, await packMatrix(weights, name, operand.shape, matrix, operand));
  }
  return packed;
}

/** The operands as a recording takes them: packed weights, and an input for each tensor. */
export function recordOperands(
  recorder: Recorder,
  filled: FilledOperands,
  packed: ReadonlyMap<string, Operand>,
): Record<string, Operand> {
  return Object.fromEntries(
    [...filled].map(([name, { operand }]) => [
      name,
      packed.get(name) ??
        recorder.input(name, operand.shape, operand.kind === "tensor" ? operand.dtype : "f32"),
    ]),
  );
}
