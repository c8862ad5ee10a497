import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };
import { runDeno } from "./fakes.ts";

/** A task of the project. */
export type Task = keyof typeof project.tasks;

/** The words after `deno run` of a task, with variables before it or none. */
export function wordsOf(task: Task): string[] {
  const { command } = project.tasks[task];
  return command.replaceAll(/"|\$AUTT_ALLOW_(RUN|NET|WRITE)/g, "").replace(/^.*?\bdeno run /, "")
    .split(" ");
}

/** What a task is given to do, and the permissions without which it can't. */
export interface TaskCase {
  readonly args: readonly string[];
  readonly needs: readonly string[];
}

/** Where a task keeps and finds things: below a folder. HOME stays: Deno's own cache is there. */
export function keptIn(folder: string): Record<string, string> {
  return {
    INIT_CWD: folder,
    XDG_DATA_HOME: `${folder}/data`,
    HF_HUB_CACHE: `${folder}/hub`,
    AUTT_MODELS: `${folder}/models`,
    AUTT_SUBJECTS: `${folder}/subjects`,
  };
}

/** Runs a task without each of the permissions that it needs, then with all that it lists. */
export async function checkPermissions(
  task: Task,
  { args, needs }: TaskCase,
  env: Record<string, string>,
): Promise<void> {
  const words = wordsOf(task);
  const flag = (kind: string) => (word: string) => word.startsWith(`--allow-${kind}`);
  // All that lack one at once: each waits more than it computes.
  const lacking = await Promise.all(needs.map(async (kind) => {
    assert(words.some(flag(kind)), `${task} lists no ${kind}`);
    const rest = words.filter((word) => !flag(kind)(word));
    return { kind, ...await runDeno(["run", "--quiet", "--no-prompt", ...rest, ...args], env) };
  }));
  for (const { kind, code, stderr } of lacking) {
    const lines = stderr.trim().split("\n");
    assert.notEqual(code, 0, `${task} without ${kind}`);
    assert.match(lines.at(-1) ?? "", new RegExp(`^error: Cannot .*\\b${kind} access`));
    assert.equal(lines.filter((line) => /^error|^ +at /.test(line)).length, 1, stderr);
  }
  const { code, stderr } = await runDeno(["run", "--quiet", "--no-prompt", ...words, ...args], env);
  assert.equal(code, 0, stderr);
}
