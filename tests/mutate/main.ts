import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Rng } from "../../engine/mod.ts";
import { parseOptions, runCommand, UsageError } from "../../app/terminal/terminal.ts";
import { kernels } from "../../kernels/proofs.ts";
import type { Verdict } from "./child.ts";
import { drawMutants, type Mutant } from "./mutants.ts";

const help =
  `Makes small changes in kernels (operators, constants, bounds, barriers left out, indices off by
one) and runs the changed kernel's cases: what no case notices is printed.

usage: ./autt mutate [options]
  --count N      changes to make (400)
  --seed N       which ones (1)
  --kernel NAME  of this kernel only
  --seconds N    for a change before it counts as noticed: it may never end (120)
  --jobs N       processes side by side (1); on a software adapter, one for every two cores
  --help         this text`;

type Judged = Mutant & Verdict & { readonly mutant: Mutant };

/** Changes of shaders that one process judges: more share the preparation of cases, fewer divide better. */
const batchSize = 4;

const stopped: Verdict = { verdict: "killed", by: "stopped, or ended its process" };

const root = new URL("../../", import.meta.url);

/** Runs mutants of one kernel's shaders in children, a new one after each that had to be stopped. */
async function judgeShaders(mutants: readonly Mutant[], seconds: number): Promise<Judged[]> {
  const judged: Judged[] = [];
  while (judged.length < mutants.length) {
    const rest = mutants.slice(judged.length);
    const verdicts = await runChild([], rest, seconds);
    for (const [i, verdict] of verdicts.entries()) {
      const mutant = rest[i] as Mutant;
      judged.push({ ...mutant, ...verdict, mutant });
    }
    const next = mutants[judged.length];
    if (next) judged.push({ ...next, ...stopped, mutant: next });
  }
  return judged;
}

/** Runs a mutant of an operation's TypeScript: the file's changed text takes its place by an import map. */
async function judgeOperation(mutant: Mutant, seconds: number, folder: string): Promise<Judged> {
  const text = await Deno.readTextFile(new URL(mutant.file));
  const absolute = (_: string, path: string) => `from "${new URL(path, mutant.file).href}"`;
  const changed = text.replace(mutant.from, () => mutant.to).replace(/from "(\.[^"]+)"/g, absolute);
  const copy = join(folder, "operation.ts"), map = join(folder, "map.json");
  await Deno.writeTextFile(copy, changed);
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const local = Object.entries(imports as Record<string, string>).map((
    [name, path],
  ) => [name, path.startsWith(".") ? new URL(path, root).href : path]);
  const all = { ...Object.fromEntries(local), [mutant.file]: pathToFileURL(copy).href };
  await Deno.writeTextFile(map, JSON.stringify({ imports: all }));
  const [verdict = stopped] = await runChild(["--import-map", map], [mutant], seconds);
  return { ...mutant, ...verdict, mutant };
}

async function runChild(
  flags: readonly string[],
  mutants: readonly Mutant[],
  seconds: number,
): Promise<Verdict[]> {
  const child = new Deno.Command("deno", {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-lock",
      "--allow-all",
      ...flags,
      fileURLToPath(new URL("child.ts", import.meta.url)),
      JSON.stringify(mutants),
    ],
    stdout: "piped",
    stderr: "null",
    stdin: "null",
  }).spawn();
  const verdicts: Verdict[] = [];
  const stop = () => child.kill("SIGKILL");
  let timer = setTimeout(stop, 1000 * seconds);
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) verdicts.push(JSON.parse(line));
    clearTimeout(timer);
    timer = setTimeout(stop, 1000 * seconds);
  }
  clearTimeout(timer);
  await child.status;
  return verdicts;
}

/** A table by kernel, and the survivors. */
function report(judged: readonly Judged[]): string {
  const rows = [...Map.groupBy(judged, ({ kernel }) => kernel)].map(([kernel, mutants]) => {
    const count = (wanted: Judged["verdict"]) =>
      mutants.filter(({ verdict }) => verdict === wanted).length;
    const killed = count("killed"), lived = count("survived"), unbuilt = count("not built");
    return { kernel, killed, lived, unbuilt };
  });
  const sum = (key: "killed" | "lived" | "unbuilt") =>
    rows.reduce((total, row) => total + row[key], 0);
  const killed = sum("killed"), lived = sum("lived");
  const line = (name: string, ...cells: (number | string)[]) =>
    name.padEnd(28) + cells.map((cell) => String(cell).padStart(10)).join("");
  return [
    line("kernel", "killed", "survived", "not built"),
    ...rows.map(({ kernel, killed, lived, unbuilt }) => line(kernel, killed, lived, unbuilt)),
    line("all", killed, lived, sum("unbuilt")),
    ...judged.filter(({ verdict }) => verdict !== "killed").map((
      { verdict, kernel, file, from, to },
    ) => `${verdict}: ${kernel} ${file.split("/").at(-1)}\n  - ${from.trim()}\n  + ${to.trim()}`),
    `mutation score: ${(100 * killed / Math.max(1, killed + lived)).toFixed(1)} %`,
  ].join("\n");
}

/** Changes that one process judges: some of one kernel's shaders, or one of an operation's TypeScript. */
function batchesOf(mutants: readonly Mutant[]): Mutant[][] {
  return [...Map.groupBy(mutants, ({ kernel }) => kernel).values()].flatMap((some) => {
    const shaders = some.filter(({ shader }) => shader !== undefined);
    const batches = Array.from(
      { length: Math.ceil(shaders.length / batchSize) },
      (_, i) => shaders.slice(i * batchSize, (i + 1) * batchSize),
    );
    return [
      ...batches,
      ...some.filter(({ shader }) => shader === undefined).map((mutant) => [mutant]),
    ];
  });
}

async function main(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    help: { type: "boolean", short: "h" },
    count: { type: "string", default: "400" },
    seed: { type: "string", default: "1" },
    kernel: { type: "string" },
    seconds: { type: "string", default: "120" },
    jobs: { type: "string", default: "1" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const chosen = kernels.filter(({ op }) =>
    values.kernel === undefined || op.name === values.kernel
  );
  if (chosen.length === 0) {
    throw new UsageError(
      `Cannot mutate "${values.kernel}": the kernels are ${
        kernels.map(({ op }) => op.name).join(", ")
      }`,
    );
  }
  const seconds = Number(values.seconds);
  const mutants = await drawMutants(chosen, Number(values.count), new Rng(Number(values.seed)));
  const folder = await Deno.makeTempDir({ prefix: "autt-mutate-" });
  const batches = batchesOf(mutants);
  const judged: Judged[] = [];
  const work = async (job: number) => {
    const own = join(folder, String(job));
    await Deno.mkdir(own);
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const [first] = batch as [Mutant];
      judged.push(
        ...first.shader === undefined
          ? [await judgeOperation(first, seconds, own)]
          : await judgeShaders(batch, seconds),
      );
      console.error(`${judged.length} of ${mutants.length}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Number(values.jobs) }, (_, job) => work(job)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  // In the order in which they were drawn, whichever process was first.
  judged.sort((a, b) => mutants.indexOf(a.mutant) - mutants.indexOf(b.mutant));
  console.log(report(judged));
  return 0;
}

if (import.meta.main) await runCommand(main, Deno.args);
