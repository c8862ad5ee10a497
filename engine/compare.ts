import type { Device } from "./device.ts";
import { type Inputs, presentInputs } from "./op.ts";
import type { Plan } from "./plan.ts";
import { readTexture } from "./read.ts";
import type { Shape } from "./shape.ts";
import type { AnyTensor, Operand } from "./tensor.ts";

/** Half the distance between 1 and the next number: the relative error of one rounding. */
export const unitRoundoff = { f32: 2 ** -24, f16: 2 ** -11 } as const;

/** How far a result is from its reference. */
export interface Accuracy {
  /** Sum of squared errors over the sum of squared references, finite elements only. */
  readonly nmse: number;
  /** The largest error of one element. */
  readonly maxError: number;
  /** The first element where one side is NaN or infinite and the other is not the same; -1 if none. */
  readonly firstMismatch: number;
}

/** Compares a result with its reference, element by element. */
export function measureAccuracy(got: ArrayLike<number>, want: ArrayLike<number>): Accuracy {
  if (got.length !== want.length) {
    throw new RangeError(`Cannot compare: got ${got.length} elements, wanted ${want.length}`);
  }
  let error = 0, norm = 0, maxError = 0, firstMismatch = -1;
  for (let i = 0; i < want.length; i++) {
    const g = got[i] ?? NaN, w = want[i] ?? NaN;
    if (!Number.isFinite(g) || !Number.isFinite(w)) {
      if (!Object.is(g, w) && firstMismatch < 0) firstMismatch = i;
      continue;
    }
    error += (g - w) ** 2;
    norm += w * w;
    maxError = Math.max(maxError, Math.abs(g - w));
  }
  return { nmse: error === 0 ? 0 : error / norm, maxError, firstMismatch };
}

/**
 * The largest NMSE that rounding can explain, from the number of roundings that pile up in one
 * element: each errs by at most the unit roundoff, independently, so their squares add up.
 * docs/numerics.md derives it.
 */
export function tolerance(roundings: number, unit: number = unitRoundoff.f32): number {
  return roundings * unit ** 2;
}

/** Plain numbers with a shape: what the float64 references take and give. */
export interface Values {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The elements, row by row. */
  readonly data: Float64Array;
}

/** The values of each operand, optional where the operand is. */
export type InputValues<I extends Inputs> = { readonly [K in keyof I]: Values };

/** What an operation is compared with. */
export interface Reference<I extends Inputs, A> {
  /** The operation. */
  readonly op: object;
  /** The same in float64, by the plainest loops, and more careful than the kernel. */
  reference(inputs: InputValues<I>, attrs: A): readonly [Values, ...Values[]];
  /**
   * How many roundings of the working precision pile up in one output element, in the sense of
   * docs/numerics.md; 0 where the result is exact.
   */
  roundings(inputs: I, attrs: A): number;
}

/** A reference of any operation. */
// deno-lint-ignore no-explicit-any
export type AnyReference = Reference<any, any>;

/** How one recorded operation did against its float64 reference. */
export interface Comparison {
  /** The operation. */
  readonly label: string;
  /** The error, by the square of what was wanted. */
  readonly nmse: number;
  /** The largest error that roundings explain. */
  readonly tolerance: number;
  /** The first element that is NaN or infinite on one side only; -1 if none. */
  readonly firstMismatch: number;
  /** Whether the error is above that. */
  readonly diverges: boolean;
}

/**
 * Runs a plan operation by operation and checks each against its reference, fed with the operands
 * that the device really had: so an error is charged to the operation that makes it. Stops at the
 * first that diverges, which is the last row then.
 */
export async function compareWith(
  references: readonly AnyReference[],
  device: Device,
  plan: Plan,
): Promise<Comparison[]> {
  const rows: Comparison[] = [];
  // What has been computed or read so far: once an operation is done, the memory of its operands may
  // hold something else.
  const read = new Map<Operand, Values>();
  const valuesOf = async (operand: Operand): Promise<Values> => {
    const values = read.get(operand) ?? await readValues(device, plan, operand);
    read.set(operand, values);
    return values;
  };
  for (const [index, { op, label, inputs, outputs, attrs }] of plan.applications.entries()) {
    const proof = references.find((known) => known.op === op);
    if (proof === undefined) {
      throw new TypeError(
        `Cannot compare ${label}: no float64 reference of ${op.name}: ` +
          `give compare() its { op, reference, roundings }`,
      );
    }
    const first = plan.steps.findIndex((step) => step.application === index);
    const end = plan.steps.findLastIndex((step) => step.application === index) + 1;
    const values: Record<string, Values> = {};
    for (const [name, operand] of presentInputs(inputs)) values[name] = await valuesOf(operand);
    plan.runSteps(first, end);
    const wanted = proof.reference(values, attrs);
    const allowed = (output: AnyTensor) =>
      tolerance(
        proof.roundings(inputs, attrs),
        output.dtype === "f16" ? unitRoundoff.f16 : unitRoundoff.f32,
      );
    for (const [i, output] of outputs.entries()) {
      const got = await valuesOf(output);
      const { nmse, firstMismatch } = measureAccuracy(got.data, wanted[i]?.data ?? []);
      const diverges = firstMismatch >= 0 || !(nmse <= allowed(output));
      rows.push({ label, nmse, tolerance: allowed(output), firstMismatch, diverges });
      if (diverges) return rows;
    }
  }
  return rows;
}

/** The plain numbers of an operand, wherever and however they are stored. */
async function readValues(device: Device, plan: Plan, operand: Operand): Promise<Values> {
  if (operand.kind === "packed") {
    const { storage } = operand;
    const raw = storage.kind === "texture"
      ? await device.answer(() => readTexture(device, storage))
      : Float32Array.from(await device.read(storage), Number);
    return { shape: operand.shape, data: operand.unpack(raw) };
  }
  const placed = { ...operand, place: operand.place ?? plan.places.get(operand) };
  return { shape: operand.shape, data: Float64Array.from(await device.read(placed), Number) };
}
