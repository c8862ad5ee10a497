import { elements } from "../engine/mod.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";

/** Elements of all operands of a case that a slow implementation still runs in milliseconds. */
const most = 2 ** 16;

/** The cases of kernels that are small enough to be run on every implementation and in every design. */
export function* smallCases(
  kernels: readonly AnyKernel[],
): Generator<{ readonly kernel: AnyKernel; readonly test: Case<unknown> }> {
  for (const kernel of kernels) {
    for (const test of kernel.cases()) {
      const sizes = Object.values(test.inputs).map((operand) =>
        operand ? elements(operand.shape) : 0
      );
      if (sizes.reduce((sum, size) => sum + size, 0) <= most) yield { kernel, test };
    }
  }
}
