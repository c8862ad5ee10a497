import { type CommandName, commands, listCommands } from "./app/commands.ts";
import project from "./deno.json" with { type: "json" };
import { HelpWanted, runCommand, UsageError } from "./app/terminal/terminal.ts";

type Run = (args: string[]) => Promise<number>;

/** Each command is loaded when it is called: it has needs and permissions of its own. */
const loaders: Readonly<Record<CommandName, () => Promise<Run>>> = {
  infer: async () => (await import("./app/infer/infer_command.ts")).infer,
  embed: async () => (await import("./app/embed/embed_command.ts")).embed,
  weights: async () => (await import("./app/weights/weights_command.ts")).weights,
  train: async () => (await import("./app/train/train_command.ts")).train,
  eval: async () => (await import("./app/eval/eval_command.ts")).evaluateCommand,
  watch: async () => (await import("./app/watch/watch_command.ts")).watch,
  enroll: async () => (await import("./app/people/enroll.ts")).enroll,
  doctor: async () => (await import("./app/doctor/doctor_command.ts")).doctor,
  tune: async () => (await import("./app/tune/tune_command.ts")).tune,
  submit: async () => (await import("./app/fleet/submit_command.ts")).submit,
  work: async () => (await import("./app/fleet/work_command.ts")).work,
  jobs: async () => (await import("./app/fleet/jobs_command.ts")).jobs,
  web: async () => (await import("./app/web/web_command.ts")).web,
  serve: async () => (await import("./app/serve/serve_command.ts")).serve,
  subject: async () => (await import("./app/people/subject.ts")).subject,
  completions: async () => {
    const { completions } = await import("./app/completions/completions_command.ts");
    return (args) => completions(args, helpOf);
  },
};

/** The help text of a command. */
async function helpOf(name: CommandName): Promise<string> {
  const run = await loaders[name]();
  try {
    await run(["--help"]);
  } catch (error) {
    if (error instanceof HelpWanted) return error.help;
    throw error;
  }
  throw new Error(`Cannot tell the options of "${name}": it has no --help`);
}

const help = `Personalised emotion recognition in video, on your own device.

usage: ./autt COMMAND [ARGS]
${listCommands(commands)}

Each takes --help: ./autt infer --help
--version tells which version this is.`;

if (import.meta.main) {
  await runCommand(async (args) => {
    const [name = "", ...rest] = args;
    if (name === "--help" || name === "-h") {
      console.log(help);
      return 0;
    }
    if (name === "--version" || name === "-V") {
      console.log(`autt ${project.version}`);
      return 0;
    }
    const command = commands.find((one) => one.name === name);
    if (command) return await (await loaders[command.name]())(rest);
    throw new UsageError(
      `Cannot run "${name}": the commands are ${commands.map(({ name }) => name).join(", ")}`,
    );
  }, Deno.args);
}
