import { golden } from "./app/golden.ts";
import { infer } from "./app/infer.ts";
import { runCommand, UsageError } from "./app/terminal.ts";

/** The commands of the command line. `bench` and `check` have entry points of their own. */
const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  golden,
  infer,
};

if (import.meta.main) {
  await runCommand((args) => {
    const [name = "", ...rest] = args;
    const command = commands[name];
    if (!command) {
      throw new UsageError(
        `Cannot run "${name}": the commands are ${Object.keys(commands).join(", ")}`,
      );
    }
    return command(rest);
  }, Deno.args);
}
