/**
 * Runs a kernel's cases on mutants of it, in a process of its own: a mutant may never come to an end. The first
 * argument is a list of mutants as JSON; writes a line of JSON for each. A mutant of TypeScript is in the import
 * map already, so the cases just run.
 */
import { elements, openDevice, type Shader } from "../../engine/mod.ts";
import type { AnyKernel } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/proofs.ts";
import { designs } from "../devices.ts";
import { prepareCase, type PreparedCase, runCase } from "../run_case.ts";
import { applyMutant, type Mutant } from "./mutants.ts";

/** How a mutant ended. */
export interface Verdict {
  readonly verdict: "killed" | "survived" | "not built";
  /** The case that failed. */
  readonly by?: string;
}

/** Elements of operands up to which cases run: the largest would take seconds for each mutant. */
const most = 2 ** 18;

const devices = [
  await openDevice({ families: designs.chosen }),
  await openDevice({ families: designs.gpu }),
];

async function judge(
  mutant: Mutant,
  kernel: AnyKernel,
  cases: readonly PreparedCase[],
): Promise<Verdict> {
  const shader = mutant.shader === undefined ? undefined : kernel.shaders[mutant.shader] as Shader;
  const applied = shader && applyMutant(shader, mutant);
  try {
    for (const test of cases) {
      for (const device of devices) {
        try {
          await runCase(device, test);
        } catch (error) {
          return { verdict: "killed", by: (error as Error).message.slice(0, 120) };
        }
      }
    }
    return { verdict: applied && !applied.built ? "not built" : "survived" };
  } finally {
    applied?.undo();
  }
}

if (import.meta.main) {
  const prepared = new Map<string, PreparedCase[]>();
  for (const mutant of JSON.parse(Deno.args[0] ?? "[]") as Mutant[]) {
    const kernel = kernels.find(({ op }) => op.name === mutant.kernel) as AnyKernel;
    let cases = prepared.get(mutant.kernel);
    if (!cases) {
      const size = (test: PreparedCase) =>
        Object.values(test.case.inputs).reduce(
          (sum, one) => sum + (one ? elements(one.shape) : 0),
          0,
        );
      cases = kernel.cases().map((test) => prepareCase(kernel, test))
        .filter((test) => size(test) <= most).sort((a, b) => size(a) - size(b));
      prepared.set(mutant.kernel, cases);
    }
    console.log(JSON.stringify(await judge(mutant, kernel, cases)));
  }
  Deno.exit(0);
}
