import {
  allowedNumber,
  isWhole,
  parseOptions,
  runCommand,
  texts,
  UsageError,
} from "../../app/terminal/terminal.ts";
import { folderNames, readFolder } from "./folders.ts";
import { type Judged, judgeFolder } from "./judge.ts";
import { drawMutants } from "./mutants.ts";
import { heading, reportFolder, reportScore } from "./report.ts";

const help =
  `Makes small changes in kernels (operators, constants, bounds, barriers left out, indices off by
one) and runs the changed kernel's cases: what no case notices is printed, kernel by kernel.

usage: ./autt mutate [options] [KERNEL...]
  --count N   changes of each kernel (10); there may be fewer
  --seed N    which ones (1)
  --jobs N    kernels side by side (1); on a software adapter, one for every two cores
  --help      this text

KERNEL is a folder below kernels, such as softmax; all if left out. A kernel's changes are the same
whichever others are mutated.`;

function wholeNumber(option: string, text: string): number {
  const refusal = `--${option} must be a whole number of at least 1: got "${text}"`;
  return allowedNumber(text, isWhole, refusal);
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, texts("count", "seed", "jobs"), help);
  const { count = "10", seed = "1", jobs = "1" } = values;
  const each = wholeNumber("count", count), first = wholeNumber("seed", seed);
  const together = wholeNumber("jobs", jobs);
  const unknown = positionals.find((name) => !folderNames.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`Cannot mutate "${unknown}": the kernels are ${folderNames.join(", ")}`);
  }
  const names = positionals.length > 0 ? positionals : [...folderNames];
  const all: Judged[] = [];
  console.log(heading);
  const work = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const folder = await readFolder(name);
      const mutants = drawMutants(folder, each, first);
      const judged = await judgeFolder(folder, mutants);
      all.push(...judged);
      console.log(reportFolder(name, judged));
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  console.log(reportScore(all));
  return 0;
}

if (import.meta.main) await runCommand(main, Deno.args);
