import { type Cost, type Device, type Plan, record, Rng, Weights } from "../engine/mod.ts";
import { fillOperands, packOperands, recordOperands } from "../kernels/case_operands.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";

/** Records one case of a kernel, operands filled as in its test, and times the plan. */
export async function timeCase<T>(
  device: Device,
  kernel: AnyKernel,
  test: Case<unknown>,
  time: (plan: Plan) => Promise<T>,
): Promise<{ readonly timed: T; readonly cost: Cost }> {
  using weights = new Weights(device);
  const filled = fillOperands(test, new Rng(1)), packed = await packOperands(weights, filled);
  let cost: Cost = { flops: 0, bytes: 0 };
  using plan = await record(device, (recorder) => {
    const operands = recordOperands(recorder, filled, packed);
    cost = kernel.op.cost(operands, test.attrs);
    return kernel.record(recorder, operands, test.attrs);
  });
  for (const [name, { operand, data }] of filled) {
    if (operand.kind === "tensor") plan.write(name, data);
  }
  return { timed: await time(plan), cost };
}
