import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { storedTensor, type TensorFile } from "../../io/tensors/tensor_file.ts";
import { channelsFirst } from "../../model/dsfda/layout.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";

/** `*_tolerances.json` of a set of DSFDA. */
export interface DsfdaTolerances<Facts = unknown> {
  readonly facts: Facts;
  readonly tensors: Readonly<
    Record<string, { readonly tol_rel: number; readonly tol_abs: number }>
  >;
}

/** Rows by their names. */
export type Rows = Map<string, ArrayLike<number>>;

/** A tensor of numbers with its shape. */
export interface Shaped {
  readonly shape: readonly number[];
  readonly numbers: Float32Array<ArrayBuffer>;
}

/** Reads a tensor of numbers; bytes, which are colours, become numbers from 0 to 1. */
export async function readShaped(file: TensorFile, name: string): Promise<Shaped> {
  const { dtype, shape } = storedTensor(file, name), bytes = await file.read(name);
  if (dtype === "U8") return { shape, numbers: Float32Array.from(bytes, (byte) => byte / 255) };
  return { shape, numbers: toFloat32(dtype, bytes) };
}

/** Some entries of a tensor's first axis. */
export function entries({ shape, numbers }: Shaped, first: number, count: number): Shaped {
  const [all = 1, ...rest] = shape, size = numbers.length / all;
  return { shape: [count, ...rest], numbers: numbers.slice(first * size, (first + count) * size) };
}

/** What the device read, `[B, H, W, C]`, as golden numbers have it. */
export function asGolden(numbers: Float32Array<ArrayBuffer>, shape: readonly number[]) {
  return shape.length === 4 ? channelsFirst(numbers, shape) : numbers;
}

/** The norm of numbers. */
export function lengthOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += (numbers[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** Compares all rows of a part. A golden row that nothing computes fails. */
export async function compareRows(
  set: GoldenSet,
  part: string,
  rows: Rows,
  report: GoldenReport,
): Promise<void> {
  const { tensors } = await set.json<DsfdaTolerances>(`${part}_tolerances.json`);
  using golden = await set.tensors(`${part}_golden.safetensors`);
  for (const [row, got] of rows) {
    if (!golden.tensors.has(row)) continue;
    const tolerance = tensors[row];
    if (!tolerance) throw new TypeError(`Cannot compare "${row}": its tolerance is missing`);
    report.compare(`dsfda: ${part}: ${row}`, got, await numbersOf(golden, row), {
      relative: tolerance.tol_rel,
      absolute: tolerance.tol_abs,
    });
  }
  for (const row of golden.tensors.keys()) {
    if (rows.has(row)) continue;
    report.fail(`dsfda: ${part}: ${row}`, new TypeError("this version does not know it"));
  }
}
