import type { DescribedOption } from "./options_in_help.ts";

/** A command, what it does and its options. */
export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly DescribedOption[];
}

/** What the program is called: the launcher, and the one that `compile` makes. */
const programs = ["autt", "autt-cli"];

/** Text between single quotes of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options }) =>
    `    ${name}) options=${quoted(options.map(({ name }) => name).join(" "))} ;;`
  );
  return `# Completes autt's commands and options in bash: source it in ~/.bashrc.
_autt() {
  local word=\${COMP_WORDS[COMP_CWORD]} options=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(" "))} -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  # Whatever is no option is a file; bash completes it as it does for any command.
  case $word in -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;; esac
}
complete -o default -F _autt ${programs.join(" ")} ${programs.map((name) => `./${name}`).join(" ")}
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const escaped = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const list = commands.map(({ name, about }) => `    ${quoted(`${name}:${escaped(about)}`)}`);
  const cases = commands.map(({ name, options }) => {
    const specs = options.map(({ name, takesValue, about }) =>
      quoted(`*${name}[${escaped(about)}]${takesValue ? ":value:_files" : ""}`)
    );
    return `    ${name}) _arguments ${[...specs, quoted("*:file:_files")].join(" ")} ;;`;
  });
  return `#compdef ${programs.join(" ")}
# Completes autt's commands and options in zsh: source it in ~/.zshrc after compinit.
_autt() {
  local -a commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _autt ${programs.join(" ")}
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const escaped = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = programs.flatMap((program) =>
    commands.flatMap(({ name, about, options }) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${escaped(about)}`,
      ...options.map(({ name: option, takesValue, about }) =>
        `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}` +
        `${takesValue ? " -r" : ""} -d ${escaped(about)}`
      ),
    ])
  );
  return `# Completes autt's commands and options in fish: save as ~/.config/fish/completions/autt.fish.
${lines.join("\n")}
`;
}

/** The scripts by shell. */
export const shellScripts: Readonly<
  Record<string, (commands: readonly CompletedCommand[]) => string>
> = { bash, zsh, fish };
