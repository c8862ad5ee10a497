import type { AnyTensor, Device, Operand, Plan, Tensor, Values } from "../engine/mod.ts";
import { presentInputs } from "../engine/op.ts";
import type { AnyKernel } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";
import { bytesOf } from "./small_tuning.ts";

/**
 * What a plan starts from besides its inputs, weights and constants, as the device has it: for an
 * evaluation in float64 from beginning to end.
 */
export async function givenValues(device: Device, plan: Plan): Promise<Map<Operand, Values>> {
  const given = new Map<Operand, Values>(), inputs = new Set<Operand>(plan.inputs.values());
  const computed = new Set<Operand>(plan.applications.flatMap(({ outputs }) => outputs));
  for (const { inputs: operands } of plan.applications) {
    for (const [, operand] of presentInputs(operands)) {
      if (given.has(operand) || computed.has(operand) || inputs.has(operand)) continue;
      const place = plan.places.get(operand as Tensor);
      const bytes = await bytesOf(device, place ? { ...operand as Tensor, place } : operand);
      const numbers = operand.kind !== "packed" && operand.dtype === "u32"
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
        : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      given.set(operand, {
        shape: operand.shape,
        data: operand.kind === "packed"
          ? operand.unpack(numbers as Float32Array<ArrayBuffer>)
          : Float64Array.from(numbers),
      });
    }
  }
  return given;
}

/** Evaluates a plan by the float64 references of its operations, as far as some outputs need. */
export function evaluate(
  plan: Plan,
  given: ReadonlyMap<Operand, Values>,
  wanted: readonly AnyTensor[],
): Values[] {
  const known = new Map(given);
  for (const { op, inputs, outputs, attrs } of plan.applications) {
    const values = Object.fromEntries(
      presentInputs(inputs).map(([name, operand]) => [name, known.get(operand) as Values]),
    );
    const kernel = kernels.find((known) => known.op === op) as AnyKernel;
    const results = kernel.reference(values, attrs);
    for (const [i, output] of outputs.entries()) known.set(output, results[i] as Values);
    if (wanted.every((tensor) => known.has(tensor))) break;
  }
  return wanted.map((tensor) => known.get(tensor) as Values);
}
