import { runCommand, UsageError } from "./app/terminal/terminal.ts";

type Command = (args: string[]) => Promise<number>;

/** The commands. Each is loaded when it is called: it has needs and permissions of its own. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  infer: async () => (await import("./app/infer/infer_command.ts")).infer,
  embed: async () => (await import("./app/embed/embed_command.ts")).embed,
  weights: async () => (await import("./app/weights/weights_command.ts")).weights,
  train: async () => (await import("./app/train/train_command.ts")).train,
  eval: async () => (await import("./app/eval/eval_command.ts")).evaluateCommand,
  enroll: async () => (await import("./app/people/enroll.ts")).enroll,
  subject: async () => (await import("./app/people/subject.ts")).subject,
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
