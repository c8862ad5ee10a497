import type { Cost, Device, Plan, Rng } from "../../engine/mod.ts";
import { type AnyKernel, type Case, caseName, tensor } from "../../kernels/kernel.ts";
import { matmulKernel } from "../../kernels/matmul/cases.ts";
import { kernels } from "../../kernels/proofs.ts";
import { timeCase } from "../time_case.ts";
import { timePlan } from "./time_plan.ts";
import type { WarmUp } from "./warm_up.ts";

/** One measured kernel. */
export interface KernelRow {
  readonly name: string;
  readonly seconds: number;
  readonly cost: Cost;
}

/** Which kernels are measured, and how long. */
export interface KernelEffort {
  /** A pass of one step lasts about so long. */
  readonly passSeconds: number;
  /** Square products of these sizes, beside the models' shapes. */
  readonly squares: readonly number[];
  /** Kernels by name; all if left out. */
  readonly only?: readonly string[];
}

/** Times every kernel at the models' shapes, and square products, until `goOn()` says no. */
export async function* measureKernels(
  device: Device,
  warmUp: WarmUp,
  { passSeconds, squares, only }: KernelEffort,
  goOn: () => boolean,
): AsyncGenerator<KernelRow> {
  const cases = kernels.filter(({ op }) => only === undefined || only.includes(op.name))
    .flatMap((kernel) =>
      kernel.cases().filter(({ model }) => model).map((test) => [kernel, test] as const)
    );
  for (const [kernel, test] of [...squares.map(squareProduct), ...cases]) {
    if (!goOn()) return;
    yield await measureKernel(device, warmUp, kernel, test, passSeconds);
  }
}

/** A product of two square matrices. */
function squareProduct(size: number): readonly [AnyKernel, Case<unknown>] {
  const fill = (_: Rng, i: number) => Math.sin(i) / Math.sqrt(size);
  const test = {
    inputs: {
      x: tensor([size, size], (_, i) => Math.cos(i)),
      w: { kind: "packed", shape: [size, size], store: "f32", fill },
    },
    attrs: {},
  } as const;
  return [matmulKernel, test];
}

async function measureKernel(
  device: Device,
  warmUp: WarmUp,
  kernel: AnyKernel,
  test: Case<unknown>,
  passSeconds: number,
): Promise<KernelRow> {
  const time = (plan: Plan) => timePlan(device, warmUp, plan, passSeconds);
  const { timed: seconds, cost } = await timeCase(device, kernel, test, time);
  return { name: caseName(kernel, test), seconds, cost };
}
