import { type CommandName, commands, listCommands } from "./app/commands.ts";
import { runCommand, UsageError } from "./app/terminal/terminal.ts";

type Run = (args: string[]) => Promise<number>;

/** Each command is loaded when it is called: it has needs and permissions of its own. */
const loaders: Readonly<Record<CommandName, () => Promise<Run>>> = {
  infer: async () => (await import("./app/infer/infer_command.ts")).infer,
  embed: async () => (await import("./app/embed/embed_command.ts")).embed,
  weights: async () => (await import("./app/weights/weights_command.ts")).weights,
  train: async () => (await import("./app/train/train_command.ts")).train,
  eval: async () => (await import("./app/eval/eval_command.ts")).evaluateCommand,
  enroll: async () => (await import("./app/people/enroll.ts")).enroll,
  doctor: async () => (await import("./app/doctor/doctor_command.ts")).doctor,
  subject: async () => (await import("./app/people/subject.ts")).subject,
};

const help = `Personalised emotion recognition in video, on your own device.

usage: deno task COMMAND [ARGS]
${listCommands(commands)}

Each takes --help: deno task infer --help`;

if (import.meta.main) {
  await runCommand(async (args) => {
    const [name = "", ...rest] = args;
    if (name === "--help" || name === "-h") {
      console.log(help);
      return 0;
    }
    const command = commands.find((one) => one.name === name);
    if (command) return await (await loaders[command.name]())(rest);
    throw new UsageError(
      `Cannot run "${name}": the commands are ${commands.map(({ name }) => name).join(", ")}`,
    );
  }, Deno.args);
}
