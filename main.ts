import { runCommand, UsageError } from "./app/terminal.ts";

type Command = (args: string[]) => Promise<number>;

/** The commands. Each is loaded when it is called: it has needs and permissions of its own. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  infer: async () => (await import("./app/infer.ts")).infer,
  embed: async () => (await import("./app/embed.ts")).embed,
  weights: async () => (await import("./app/weights.ts")).weights,
  train: async () => (await import("./app/train.ts")).train,
  eval: async () => (await import("./app/eval.ts")).evaluateCommand,
  enroll: async () => (await import("./app/enroll.ts")).enroll,
  subject: async () => (await import("./app/subject.ts")).subject,
  golden: async () => (await import("./app/golden.ts")).golden,
};

if (import.meta.main) {
  await runCommand(async (args) => {
    const [name = "", ...rest] = args;
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load) {
      throw new UsageError(
        `Cannot run "${name}": the commands are ${Object.keys(commands).join(", ")}`,
      );
    }
    return await (await load())(rest);
  }, Deno.args);
}
