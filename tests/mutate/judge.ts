import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Verdict } from "./child.ts";
import type { KernelFolder } from "./folders.ts";
import type { Mutant } from "./mutants.ts";

/** A mutant and how it ended. */
export type Judged = Mutant & Verdict;

const root = new URL("../../", import.meta.url);

const childFlags = ["--no-check", "--no-lock", "--allow-all"];

const stopped: Verdict = { verdict: "killed", by: "stopped, or ended its process" };

/** Nothing changed: what every mutant is compared with. */
const unchanged = { from: "", to: "", file: "" };

/** A mutant may take so many times as long as its kernel does, and a minute at least: it may never end. */
const patience = 5, leastSeconds = 60;

/** Runs the cases of a folder's kernels on its mutants. Throws where they fail without any. */
export async function judgeFolder(
  { name: folder }: KernelFolder,
  mutants: readonly Mutant[],
): Promise<Judged[]> {
  const start = performance.now();
  const [control = stopped] = await runChild([], folder, [{ ...unchanged, folder }], 3600);
  if (control.verdict !== "survived") {
    throw new Error(`Cannot mutate ${folder}: its cases fail as it is: ${control.by}`);
  }
  const seconds = Math.max(leastSeconds, patience * (performance.now() - start) / 1000);
  const judged: Judged[] = [];
  const inShaders = mutants.filter(({ shader }) => shader !== undefined);
  while (judged.length < inShaders.length) {
    const rest = inShaders.slice(judged.length);
    const verdicts = await runChild([], folder, rest, seconds);
    // A new process after each that had to be stopped.
    if (verdicts.length < rest.length) verdicts.push(stopped);
    judged.push(...verdicts.map((verdict, i) => ({ ...rest[i] as Mutant, ...verdict })));
  }
  for (const mutant of mutants.filter(({ shader }) => shader === undefined)) {
    judged.push({ ...mutant, ...await judgeFile(mutant, seconds) });
  }
  return judged;
}

/** Runs a mutant of TypeScript: the file's changed text takes its place by an import map. */
async function judgeFile(mutant: Mutant, seconds: number): Promise<Verdict> {
  const text = await Deno.readTextFile(new URL(mutant.file));
  const absolute = (_: string, path: string) => `from "${new URL(path, mutant.file).href}"`;
  const changed = text.replace(mutant.from, () => mutant.to).replace(/from "(\.[^"]+)"/g, absolute);
  const folder = await Deno.makeTempDir({ prefix: "autt-mutate-" });
  try {
    const copy = join(folder, "mutant.ts"), map = join(folder, "map.json");
    await Deno.writeTextFile(copy, changed);
    const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
    const local = Object.entries(imports as Record<string, string>).map((
      [name, path],
    ) => [name, path.startsWith(".") ? new URL(path, root).href : path]);
    const all = { ...Object.fromEntries(local), [mutant.file]: pathToFileURL(copy).href };
    await Deno.writeTextFile(map, JSON.stringify({ imports: all }));
    const flags = ["--import-map", map];
    // Before the cases: they take longer.
    if (!await partsPass(flags)) return { verdict: "killed", by: partsTest };
    const [verdict = stopped] = await runChild(flags, mutant.folder, [mutant], seconds);
    return verdict;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const partsTest = "tests/kernel_parts_test.ts";

/** Whether the tests pass of what kernels work out on the host and their cases take for granted. */
async function partsPass(flags: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command("deno", {
    args: ["test", "--quiet", ...childFlags, ...flags, fileURLToPath(new URL(partsTest, root))],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** The verdicts of one process, until one takes longer than so many seconds. */
async function runChild(
  flags: readonly string[],
  folder: string,
  mutants: readonly Mutant[],
  seconds: number,
): Promise<Verdict[]> {
  const child = new Deno.Command("deno", {
    args: [
      "run",
      "--quiet",
      ...childFlags,
      ...flags,
      fileURLToPath(new URL("child.ts", import.meta.url)),
      folder,
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
