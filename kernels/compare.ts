import {
  type AnyTensor,
  type Device,
  measureAccuracy,
  type Operand,
  type Plan,
  presentInputs,
  tolerance,
  unitRoundoff,
} from "../engine/mod.ts";
import { readTexture } from "../engine/read.ts";
import type { AnyReference, Values } from "./kernel.ts";

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
 * Runs a plan operation by operation and checks each against its float64 reference, fed with the
 * operands that the device really had: so an error is charged to the operation that makes it. Stops
 * at the first that diverges, which is the last row then. An operation of your own needs its
 * reference in `references`.
 *
 * @example
 * ```ts
 * import { compare, openDevice, record, softmax } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => softmax(r, r.input("x", [3, 5])));
 * plan.write("x", Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)));
 * const [row] = await compare(device, plan);
 * assert.equal(row?.diverges, false);
 * ```
 */
export async function compare(
  device: Device,
  plan: Plan,
  references: readonly AnyReference[] = [],
): Promise<Comparison[]> {
  // Loaded on demand: no product module imports the proofs.
  const known = [...references, ...(await import("./proofs.ts")).kernels];
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
    const proof = known.find((reference) => reference.op === op);
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
