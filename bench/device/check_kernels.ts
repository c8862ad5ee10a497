import type { CaseEvent } from "./check_part.ts";

/** How the kernels' cases went on a device. */
export interface CheckedCases {
  readonly passed: number;
  /** What failed, with the reason; and where a process ended early, the case that it was at. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  /** Cases that no time was left for. */
  readonly left: number;
}

/** How many processes share the cases: each compiles on its own. */
const processes = Math.max(1, Math.min(6, Math.floor(navigator.hardwareConcurrency / 2)));

/**
 * Runs the small cases of every kernel (or of some) against float64, in processes of their own: a
 * driver that falls over takes only one of them along, and the next begins after that case.
 */
export async function checkKernels(
  seconds: number,
  only: readonly string[] | undefined,
): Promise<CheckedCases> {
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, part) => checkPart(part, seconds, only)),
  );
  return {
    passed: parts.reduce((sum, { passed }) => sum + passed, 0),
    failures: parts.flatMap(({ failures }) => failures),
    left: parts.reduce((sum, { left }) => sum + left, 0),
  };
}

async function checkPart(
  part: number,
  seconds: number,
  only: readonly string[] | undefined,
): Promise<CheckedCases> {
  const end = performance.now() + 1000 * seconds;
  const failures: { name: string; reason: string }[] = [];
  let passed = 0, next = 0, total = Infinity;
  while (next < total && performance.now() < end) {
    const { events, why } = await runPart(
      [part, processes, next, (end - performance.now()) / 1000, ...(only ?? [])].map(String),
      end,
    );
    let at: CaseEvent | undefined;
    for (const event of events) {
      total = event.total;
      if (event.kind === "starts") at = event;
      if (event.kind === "passed") passed++;
      if (event.kind === "failed") failures.push({ name: event.name, reason: event.reason });
      if (event.kind !== "starts") next = event.index + 1;
    }
    if (why === undefined) break;
    failures.push({ name: at?.name ?? "at the start", reason: why });
    next = (at?.index ?? Infinity) + 1;
  }
  return { passed, failures, left: Number.isFinite(total) ? Math.max(0, total - next) : 0 };
}

/** What a process said, and how it ended if not by itself. */
async function runPart(
  args: readonly string[],
  end: number,
): Promise<{ events: CaseEvent[]; why?: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", "--no-check", "--no-prompt"],
      ...["--allow-env=AUTT_*,XDG_RUNTIME_DIR", new URL("check_part.ts", import.meta.url).href],
      ...args,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = setTimeout(() => child.kill("SIGKILL"), end - performance.now() + 10_000);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(kill);
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  const events = lines.map((line) => JSON.parse(line) as CaseEvent);
  if (code === 0) return { events };
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
  return { events, why: `the process ended (${signal ?? `exit code ${code}`}): ${said}` };
}
