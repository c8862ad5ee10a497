/**
 * Runs a kernel's cases on mutants of it, in a process of its own: a mutant may never come to an end. The
 * first argument is the folder, the second a list of mutants as JSON; writes a line of JSON for each. A mutant
 * of TypeScript is in the import map already, so the cases just run.
 */
import { elements, openDevice, type Shader } from "../../engine/mod.ts";
import type { AnyKernel } from "../../kernels/kernel.ts";
import { checkRefusal } from "../check_refusal.ts";
import { designs } from "../devices.ts";
import { prepareCase, type PreparedCase, runCase } from "../run_case.ts";
import { readFolder } from "./folders.ts";
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
  await openDevice({ families: { ...designs.chosen, grid: "folded" } }),
];

const prepared = new Map<AnyKernel, readonly PreparedCase[]>();

/** A kernel's cases, the smallest first. */
function casesOf(kernel: AnyKernel): readonly PreparedCase[] {
  const known = prepared.get(kernel);
  if (known) return known;
  const size = (test: PreparedCase) =>
    Object.values(test.case.inputs).reduce((sum, one) => sum + (one ? elements(one.shape) : 0), 0);
  const cases = kernel.cases().map((test) => prepareCase(kernel, test))
    .filter((test) => size(test) <= most).sort((a, b) => size(a) - size(b));
  prepared.set(kernel, cases);
  return cases;
}

/** What fails first of what must hold of a kernel, if anything does. */
async function failureOf(kernel: AnyKernel): Promise<string | undefined> {
  try {
    for (const refusal of kernel.refusals) checkRefusal(kernel, refusal);
    for (const test of casesOf(kernel)) {
      for (const device of devices) await runCase(device, test);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message.slice(0, 120);
  }
}

async function judge(
  { shader, ...mutant }: Mutant,
  kernels: readonly AnyKernel[],
): Promise<Verdict> {
  const own = kernels.filter(({ op }) => shader === undefined || op.name === shader.kernel);
  const changed = shader && own[0]?.shaders[shader.at] as Shader;
  const applied = changed && applyMutant(changed, mutant);
  try {
    for (const kernel of own) {
      const by = await failureOf(kernel);
      if (by !== undefined) return { verdict: "killed", by };
    }
    return { verdict: applied && !applied.built ? "not built" : "survived" };
  } finally {
    applied?.undo();
  }
}

if (import.meta.main) {
  const [folder = "", mutants = "[]"] = Deno.args;
  const { kernels } = await readFolder(folder);
  for (const mutant of JSON.parse(mutants) as Mutant[]) {
    console.log(JSON.stringify(await judge(mutant, kernels)));
  }
  Deno.exit(0);
}
