import { elements, shaderVariants } from "../engine/mod.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";

/** Elements of all operands of a case that a slow implementation still runs in milliseconds. */
const most = 2 ** 16;

/**
 * A kernel of more variants than this is written out (products, attention): SwiftShader takes a second to
 * compile one of its programs, so a spread of its cases runs unless all are asked for.
 */
const manyVariants = 40, spread = 12;

/** The cases of kernels that are small enough to be run on every implementation and in every design. */
export function* smallCases(
  kernels: readonly AnyKernel[],
  all = false,
): Generator<{ readonly kernel: AnyKernel; readonly test: Case<unknown> }> {
  for (const kernel of kernels) {
    const variants = kernel.shaders.reduce((sum, one) => sum + shaderVariants(one).length, 0);
    const small = kernel.cases().filter(({ inputs }) => {
      const sizes = Object.values(inputs).map((operand) => operand ? elements(operand.shape) : 0);
      return sizes.reduce((sum, size) => sum + size, 0) <= most;
    });
    for (const [i, test] of small.entries()) {
      if (all || variants <= manyVariants || i % spread === 0 || /NaN/.test(test.note ?? "")) {
        yield { kernel, test };
      }
    }
  }
}
