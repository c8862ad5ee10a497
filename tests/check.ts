import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../app/terminal/terminal.ts";
import { caseName } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";
import { designs } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";
import { dumpVariants } from "./variants.ts";

const help = `Runs a kernel's cases against their float64 references and shows the figures.

usage: ./autt check NAME [options]
  NAME              a kernel (layer_norm) or one case by its printed name
                    ("layer_norm[rows=800,D=768]")
  --list            only print the names of the cases
  --dump FILE       write every variant of every shader to FILE, as JSON lines, and run nothing
  --design WHICH    ${Object.keys(designs).join(" or ")}: the adapter's own kernels, or a GPU's
${deviceHelp}`;

/** The `check` command. */
async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    list: { type: "boolean" },
    dump: { type: "string" },
    design: { type: "string", default: "chosen" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.dump !== undefined) {
    await Deno.writeTextFile(userPath(values.dump), dumpVariants(""));
    return 0;
  }
  const [name] = positionals;
  const known = kernels.map(({ op }) => op.name).sort().join(", ");
  if (name === undefined && !values.list) {
    throw new UsageError(`Cannot check: name a kernel or a case: the kernels are ${known}`);
  }
  if (!(values.design in designs)) {
    throw new UsageError(`Cannot check design "${values.design}": use chosen or gpu`);
  }
  const chosen = kernels.flatMap((kernel) =>
    kernel.cases()
      .map((test) => ({ kernel, test, printed: caseName(kernel, test) }))
      .filter(({ printed }) => name === undefined || kernel.op.name === name || printed === name)
  );
  if (chosen.length === 0) {
    throw new UsageError(
      `Cannot check "${name}": no kernel or case of that name: the kernels are ${known}`,
    );
  }
  if (values.list) {
    for (const { printed } of chosen) console.log(printed);
    return 0;
  }
  using device = await openNamed(values, {
    families: designs[values.design as keyof typeof designs],
  });
  let failed = 0;
  for (const { kernel, test, printed } of chosen) {
    try {
      const { nmse, tolerance, maxError } = await runCase(device, prepareCase(kernel, test));
      console.log(
        `ok    ${printed}  NMSE ${nmse.toExponential(1)} of ${tolerance.toExponential(1)}, ` +
          `largest error ${maxError.toExponential(1)}`,
      );
    } catch (error) {
      failed++;
      console.log(`FAIL  ${(error as Error).message}`);
    }
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(check, Deno.args);
