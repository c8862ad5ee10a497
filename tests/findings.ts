import type { Device } from "../engine/mod.ts";
import { type PreparedCase, runCase } from "./run_case.ts";

/** What a child process found: one line of JSON each on its standard output. */
export interface Finding {
  readonly name: string;
  readonly error?: string;
}

/** Tells the parent of a finding. */
export const say = (finding: Finding & Record<string, unknown>) =>
  console.log(JSON.stringify(finding));

/** Runs a case and tells how it went. */
export async function tellCase(device: Device, prepared: PreparedCase): Promise<void> {
  const { name } = prepared;
  try {
    await runCase(device, prepared);
    say({ name });
  } catch (error) {
    say({ name, error: (error as Error).message });
  }
}

/** The last line: what an end without it lacks. */
const done = { name: "done" };

/** Ends a child that has told all. At once: a driver may abort the process while its threads end. */
export function endFindings(): never {
  say(done);
  Deno.exit(0);
}

/** Runs a program of the tests in a process of its own and gives what it found, in order. */
export async function findingsOf(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<(Finding & Record<string, unknown>)[]> {
  const { stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", program, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).split("\n").filter((line) => line.startsWith("{"));
  const findings = lines.map((line) => JSON.parse(line));
  // The exit code says nothing: see above.
  if (findings.pop()?.name !== done.name) {
    const end = decoder.decode(stderr).slice(-2000);
    throw new Error(`${program} stopped after ${findings.length}: ${end}`);
  }
  return findings;
}
