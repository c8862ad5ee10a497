import { UsageError } from "../terminal/terminal.ts";

/** What `train` and `infer` can be about. */
export const tasks = ["expression", "ambivalence"] as const;

/** The task that `--task` names, the usual one if it is left out, and the other arguments. */
export function takeTask(args: readonly string[]) {
  const at = args.findIndex((arg) => arg === "--task" || arg.startsWith("--task="));
  if (at < 0) return { task: tasks[0], rest: [...args] };
  const inOne = args[at]?.startsWith("--task=");
  const named = inOne ? args[at]?.slice("--task=".length) : args[at + 1];
  const task = tasks.find((one) => one === named);
  if (!task) {
    throw new UsageError(
      `Cannot take the task ${named === undefined ? "nothing" : `"${named}"`}: wanted one of ${
        tasks.join(", ")
      }`,
    );
  }
  return { task, rest: args.filter((_, i) => i !== at && (inOne || i !== at + 1)) };
}
