import { type CommandName, commands } from "../commands.ts";
import { parseOptions, UsageError } from "../terminal/terminal.ts";
import { optionsInHelp } from "./options_in_help.ts";
import { shellScripts } from "./shell_scripts.ts";

const shells = Object.keys(shellScripts);

const help = `Prints a script by which a shell completes commands and options.

usage: ./autt completions SHELL
  SHELL             ${shells.join(", ")}
  -h, --help        this text

bash: ./autt completions bash >> ~/.bashrc
zsh:  ./autt completions zsh >> ~/.zshrc, after compinit
fish: ./autt completions fish > ~/.config/fish/completions/autt.fish
Calls of ./autt are completed as well as those of an autt in PATH.`;

/**
 * The `completions` command.
 *
 * @param helpOf The help text of a command, from which its options are read.
 */
export async function completions(
  args: string[],
  helpOf: (name: CommandName) => Promise<string>,
): Promise<number> {
  const { positionals: [shell, ...more] } = parseOptions(args, {}, help);
  const script = shellScripts[shell ?? ""];
  if (script === undefined || more.length > 0) {
    throw new UsageError(
      `Cannot complete in ${
        shell === undefined ? "no shell" : `"${[shell, ...more].join(" ")}"`
      }: ` +
        `name one of ${shells.join(", ")}`,
    );
  }
  const described = [];
  for (const { name, about } of commands) {
    described.push({ name, about, options: optionsInHelp(await helpOf(name)) });
  }
  console.log(script(described));
  return 0;
}
