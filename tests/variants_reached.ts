import { type Device, elements, Recorder, toHostArray, Weights } from "../engine/mod.ts";
import { lowerApplications } from "../engine/lower.ts";
import { packOperands, recordOperands } from "../kernels/case_operands.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";

/** The WGSL of every dispatch of a case on a device. Nothing runs but the packing of weights. */
export async function codesOf(
  device: Device,
  { record }: AnyKernel,
  { inputs, attrs }: Case<unknown>,
): Promise<string[]> {
  using weights = new Weights(device);
  // Zeros: the sizes decide.
  const filled = new Map(
    Object.entries(inputs).flatMap(([name, operand]) => {
      if (operand === undefined) return [];
      const length = operand.kind === "packed" ? elements(operand.shape) : 0;
      const dtype = operand.kind === "packed" ? operand.store : operand.dtype;
      return [[name, { operand, data: toHostArray(dtype, new Array(length).fill(0)) }] as const];
    }),
  );
  const recorder = new Recorder();
  const operands = recordOperands(recorder, filled, await packOperands(weights, filled));
  record(recorder, operands, attrs);
  const { steps } = lowerApplications(recorder.applications, device.adapter, device.limits);
  return steps.map(({ program }) => program.code);
}
