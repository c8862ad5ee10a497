import "../../engine/deno_host.ts";
import { elements, openDevice } from "../../engine/mod.ts";
import { type AnyKernel, type Case, caseName } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/proofs.ts";
import { prepareCase, runCase } from "../../tests/run_case.ts";

/**
 * Runs a part of the kernels' cases and prints a line of JSON for each when it starts and when it
 * ends. Arguments: which part of how many, the case to begin with, seconds, names of kernels.
 */
async function checkPart(): Promise<void> {
  const [part = 0, parts = 1, first = 0, seconds = 0] = Deno.args.slice(0, 4).map(Number);
  const only = Deno.args.slice(4), end = performance.now() + 1000 * seconds;
  using device = await openDevice();
  const cases = kernels.filter(({ op }) => only.length === 0 || only.includes(op.name))
    .flatMap((kernel) => kernel.cases().map((test) => ({ kernel, test })))
    .filter(({ test }) => isSmall(test) && (device.adapter.lanes > 0 || !wantsPanels(test)))
    .filter((_, i) => i % parts === part);
  for (const [index, { kernel, test }] of cases.entries()) {
    if (index < first) continue;
    if (performance.now() > end) break;
    await checkCase(kernel, test, { index, total: cases.length, name: caseName(kernel, test) });
  }

  async function checkCase(
    kernel: AnyKernel,
    test: Case<unknown>,
    place: Pick<CaseEvent, "index" | "total" | "name">,
  ): Promise<void> {
    say({ kind: "starts", ...place, reason: "" });
    try {
      await runCase(device, prepareCase(kernel, test));
      say({ kind: "passed", ...place, reason: "" });
    } catch (error) {
      say({ kind: "failed", ...place, reason: (error as Error).message });
    }
  }
}

/** What becomes of a case. */
export interface CaseEvent {
  readonly kind: "starts" | "passed" | "failed";
  readonly index: number;
  readonly total: number;
  readonly name: string;
  readonly reason: string;
}

function say(event: CaseEvent): void {
  console.log(JSON.stringify(event));
}

const operandsOf = ({ inputs }: Case<unknown>) =>
  Object.values(inputs).filter((operand) => operand !== undefined);

/** The float64 reference of a large case takes seconds. */
const isSmall = (test: Case<unknown>) =>
  operandsOf(test).every(({ shape }) => elements(shape) <= 2 ** 18);

/** Panels want subgroups that broadcast. */
const wantsPanels = (test: Case<unknown>) =>
  operandsOf(test).some((operand) => operand.kind === "packed" && operand.layout === "panel");

if (import.meta.main) {
  await checkPart();
  Deno.exit(0);
}
