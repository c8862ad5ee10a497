import { clearStatus, showStatus } from "../app/terminal/status_line.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  switches,
  texts,
  UsageError,
  userPath,
} from "../app/terminal/terminal.ts";
import type { Cost, Device, Plan } from "../engine/mod.ts";
import { type AnyKernel, type Case, caseName } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";
import { measureCeilings } from "./ceilings.ts";
import { type Effort, effortOf, quickHelp, quickOption } from "./effort.ts";
import { measure, type Measurement } from "./measure.ts";
import { timeCase } from "./time_case.ts";
import { formatModel, measureModels, type ModelRow } from "./models.ts";
import { type DispatchCost, measureDispatches } from "./dispatches.ts";
import { type BenchReport, formatDispatches, formatRow, header, type Row } from "./report.ts";

const help = `Measures the adapter's ceilings, each kernel at the models' shapes, then the models.

usage: ./autt bench [options]
  --filter TEXT     only kernels whose printed name holds TEXT; no models
  --models          only the models
  --all             every case, not only the models' shapes
  --json FILE       write the figures to FILE as well
  --compare FILE    show the change against figures written before
${quickHelp}
${deviceHelp}

\`./autt bench:peers\` compares matmul with OpenBLAS, tfjs and jax-js, \`bench:clip\` ViT-B/32 with
onnxruntime, and \`bench:load\` measures loading it.

Columns: wall time of one run; core-seconds of this process, in ms; GFLOP/s and GB/s from the wall
time; the share of what the ceilings allow (the roofline: the slower of computing and moving).`;

/** The `bench` command. */
async function bench(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    ...texts("filter", "json", "compare"),
    ...switches("models", "all"),
  }, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot bench "${positionals[0]}": name kernels with --filter TEXT`);
  }
  const before = values.compare === undefined ? undefined : await readReport(values.compare);
  const chosen = kernels.flatMap((kernel) =>
    kernel.cases()
      .filter(({ model }) => !values.models && (model || values.all))
      .map((test) => ({ kernel, test, name: caseName(kernel, test) }))
      .filter(({ name }) => name.includes(values.filter ?? ""))
  );
  if (chosen.length === 0 && !values.models) {
    throw new UsageError(`Cannot bench: no kernel's name holds "${values.filter}"`);
  }
  const effort = effortOf(values);
  using device = await openNamed(values);

  console.error("measuring the ceilings …");
  const ceilings = await measureCeilings(device, effort.roundSeconds);
  console.log(
    `ceilings: ${(ceilings.flops / 1e9).toFixed(1)} GFLOP/s in registers, ` +
      `${(ceilings.bytes / 1e9).toFixed(1)} GB/s copied`,
  );
  const rows = await measureAll(device, chosen, effort, (row, i) => {
    if (i === 0) console.log(header(before !== undefined));
    console.log(formatRow(row, ceilings, before));
  });
  const dispatches: DispatchCost[] = [];
  for (const chained of [false, true]) {
    dispatches.push(await measureDispatches(device, chained, effort.dispatchRounds));
  }
  for (const cost of dispatches) console.log(formatDispatches(cost));
  const models: ModelRow[] = [];
  if (values.filter === undefined) {
    for await (const row of measureModels(device, effort)) {
      models.push(row);
      console.log(`\n${formatModel(row, ceilings)}`);
    }
  }
  if (values.json !== undefined) {
    const report: BenchReport = {
      schema: 1,
      date: new Date().toISOString(),
      adapter: device.adapter.name,
      schedule: device.schedule.fingerprint,
      ceilings,
      dispatches,
      rows,
      models,
    };
    await Deno.writeTextFile(userPath(values.json), JSON.stringify(report, null, 2) + "\n");
  }
  return 0;
}

async function measureAll(
  device: Device,
  chosen: readonly { kernel: AnyKernel; test: Case<unknown>; name: string }[],
  { roundSeconds }: Effort,
  show: (row: Row, index: number) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [i, { kernel, test, name }] of chosen.entries()) {
    if (Deno.stderr.isTerminal()) showStatus(`${i + 1}/${chosen.length} ${name}`);
    const row = { name, ...await measureCase(device, kernel, test, roundSeconds) };
    clearStatus();
    rows.push(row);
    show(row, i);
  }
  return rows;
}

/** Times one case of a kernel, operands filled as in its test. */
async function measureCase(
  device: Device,
  kernel: AnyKernel,
  test: Case<unknown>,
  roundSeconds: number,
): Promise<Measurement & { readonly cost: Cost }> {
  const time = (plan: Plan) => measure(device, () => plan.run(), roundSeconds);
  const { timed, cost } = await timeCase(device, kernel, test, time);
  return { ...timed, cost };
}

async function readReport(path: string): Promise<BenchReport> {
  let report: BenchReport;
  try {
    report = JSON.parse(await Deno.readTextFile(userPath(path)));
  } catch (error) {
    throw new UsageError(
      `Cannot compare with "${path}": ${(error as Error).message}: give a file of bench --json`,
    );
  }
  if (report.schema !== 1 || !Array.isArray(report.rows)) {
    throw new UsageError(
      `Cannot compare with "${path}": it is not of this version: write one with bench --json`,
    );
  }
  return report;
}

if (import.meta.main) await runCommand(bench, Deno.args);
