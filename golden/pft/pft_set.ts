import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import type { GoldenReport } from "../report.ts";
import type { ClassifierWeights } from "../../tta/pft/frozen_classifier.ts";

/** `*_tolerances.json` of a set of PFT, with what else its part was made with. */
export interface PftTolerances<Facts> {
  readonly facts: Facts;
  /** Where all numbers are zero in theory, only their size counts. */
  readonly tensors: Readonly<
    Record<string, { readonly tol_rel: number | null; readonly tol_abs: number }>
  >;
}

/** The tensors of one file, as numbers. */
export type Numbers = ReadonlyMap<string, Float64Array<ArrayBuffer>>;

/** Rows in the order in which they are computed. */
export type Rows = Map<string, ArrayLike<number>>;

/** A tensor that a part cannot do without. */
export function numbersIn<A extends Float64Array>(
  numbers: ReadonlyMap<string, A>,
  name: string,
): A {
  const found = numbers.get(name);
  if (found) return found;
  throw new TypeError(`Cannot compare the part: its inputs lack "${name}"`);
}

/** Reads all tensors of a file. */
export async function readNumbers(file: TensorFile): Promise<Numbers> {
  const numbers = new Map<string, Float64Array<ArrayBuffer>>();
  for (const name of file.tensors.keys()) {
    numbers.set(name, Float64Array.from(await numbersOf(file, name)));
  }
  return numbers;
}

/** The weights of B and C by their official names. */
export function classifierWeights(numbers: Numbers): ClassifierWeights {
  const of = (name: string) => numbersIn(numbers, name);
  return {
    bottleneckWeight: of("B.bottleneck.weight"),
    bottleneckBias: of("B.bottleneck.bias"),
    normWeight: of("B.bn.weight"),
    normBias: of("B.bn.bias"),
    runningMean: of("B.bn.running_mean"),
    runningVariance: of("B.bn.running_var"),
    classBias: of("C.fc.bias"),
    classLengths: of("C.fc.weight_g"),
    classDirections: of("C.fc.weight_v"),
  };
}

/** Compares all rows of a part. One that nothing computes fails. */
export async function comparePart(
  set: GoldenSet,
  part: string,
  rows: Rows,
  report: GoldenReport,
): Promise<void> {
  const { tensors } = await set.json<PftTolerances<unknown>>(`${part}_tolerances.json`);
  using golden = await set.tensors(`${part}_golden.safetensors`);
  for (const [row, got] of rows) {
    if (!golden.tensors.has(row)) continue;
    const tolerance = tensors[row];
    if (!tolerance) throw new TypeError(`Cannot compare "${row}": its tolerance is missing`);
    report.compare(`pft: ${part}: ${row}`, got, await numbersOf(golden, row), {
      relative: tolerance.tol_rel ?? Infinity,
      absolute: tolerance.tol_abs,
    });
  }
  for (const row of golden.tensors.keys()) {
    if (rows.has(row)) continue;
    report.fail(`pft: ${part}: ${row}`, new TypeError("this version does not know it"));
  }
}
