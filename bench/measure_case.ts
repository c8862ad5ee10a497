import { type Cost, type Device, record, Rng, Weights } from "../engine/mod.ts";
import { fillOperands, packOperands, recordOperands } from "../kernels/case_operands.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";
import { measure, type Measurement } from "./measure.ts";

/** Times one case of a kernel, operands filled as in its test. */
export async function measureCase(
  device: Device,
  kernel: AnyKernel,
  test: Case<unknown>,
  roundSeconds: number,
): Promise<Measurement & { readonly cost: Cost }> {
  using weights = new Weights(device);
  const filled = fillOperands(test, new Rng(1));
  const packed = await packOperands(weights, filled);
  let cost: Cost = { flops: 0, bytes: 0 };
  using plan = await record(device, (recorder) => {
    const operands = recordOperands(recorder, filled, packed);
    cost = kernel.op.cost(operands, test.attrs);
    return kernel.record(recorder, operands, test.attrs);
  });
  for (const [name, { operand, data }] of filled) {
    if (operand.kind === "tensor") plan.write(name, data);
  }
  return { ...await measure(device, () => plan.run(), roundSeconds), cost };
}
