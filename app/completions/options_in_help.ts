/** An option as a command's help describes it. */
export interface DescribedOption {
  /** With its dashes. */
  readonly name: string;
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  readonly about: string;
}

/**
 * Reads the options from a help text: lines of two spaces, one or more options with their values, two
 * spaces, and what they do. Those that only the usage names come last.
 */
export function optionsInHelp(help: string): DescribedOption[] {
  const found: DescribedOption[] = [];
  const take = (text: string, about: string) => {
    for (const [, name, value] of text.matchAll(/(--[a-z][\w-]*)( [A-Z]\S*)?/g)) {
      if (name === undefined || found.some((option) => option.name === name)) continue;
      found.push({ name, takesValue: value !== undefined, about: about.replace(/[:;,]$/, "") });
    }
  };
  const lines = help.split("\n");
  for (const line of lines) {
    const [, left, about = ""] = /^ {2}(-.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    if (left !== undefined) take(left, about);
  }
  for (const line of lines) {
    const [, call, about = ""] = /^(?:usage:| {6}) \.\/autt (.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    if (call !== undefined) take(call, about);
  }
  return found;
}
