import { dirname, join } from "node:path/posix";
import type { Import } from "./import_graph.ts";

/** The checkout, as far as one file can name another in it. */
export interface Checkout {
  /** The paths of all files, from the root. */
  readonly files: ReadonlySet<string>;
  /** The commands that `deno task` runs, by their names. */
  readonly tasks: Readonly<Record<string, string>>;
  /** The modules that `main.ts` loads, by the names of its commands. */
  readonly commands: Readonly<Record<string, string>>;
}

/** What `main.ts` loads for each command, out of its text. */
export function commandsOf(main: string): Record<string, string> {
  const loaders = main.matchAll(
    /^ {2}(\w+): async \(\) => [({][^"]*?await import\("\.\/(.+?)"\)/gm,
  );
  return Object.fromEntries([...loaders].map(([, name = "", path = ""]) => [name, path]));
}

/**
 * The files that a file names in its text instead of importing them: programs that a test starts, data
 * that it reads, workers. A test that starts `main.ts` names the commands that it gives it, and one
 * that goes by the tasks names those, or means all of them. One that lists all source files reads all.
 */
export function namedFiles(path: string, text: string, checkout: Checkout): string[] {
  const { files, tasks, commands } = checkout, found = new Set<string>();
  const quoted = [...text.matchAll(/["'`]([\w@./:-]+)["'`]/g)].map(([, word = ""]) => word);
  const inTests = path.startsWith("tests/");
  const programs = (words: readonly string[], place: number) => {
    const word = words[place] as string;
    if (word !== "main.ts") return [word];
    const named = words.filter((other) => Object.hasOwn(commands, other));
    return named.length > 0 ? named.map((name) => commands[name] as string) : [word];
  };
  for (const [place, word] of quoted.entries()) {
    const beside = join(dirname(path), word);
    if (files.has(beside)) found.add(beside);
    if (!inTests) continue;
    if (files.has(word)) { for (const one of programs(quoted, place)) found.add(one); }
    if (/\w\/|\/\w/.test(word)) {
      for (const folder of [word, beside].map((one) => `${one.replace(/\/$/, "")}/`)) {
        if (path.startsWith(folder)) continue; // its own folder, by a path with dots
        for (const file of files) if (file.startsWith(folder)) found.add(file);
      }
    } else if (word.endsWith(".ts") && !files.has(word)) {
      const alike = [...files].filter((file) => file.endsWith(`/${word}`));
      if (alike.length === 1) found.add(alike[0] as string);
    }
  }
  const all = /\bproject\.tasks\b/.test(text);
  if (all || /\/task_permissions\.ts"/.test(text)) {
    const named = quoted.filter((word) => Object.hasOwn(tasks, word));
    for (const name of all || named.length === 0 ? Object.keys(tasks) : named) {
      const words = tasks[name]?.split(" ") ?? [];
      for (const [place, word] of words.entries()) {
        if (files.has(word)) { for (const one of programs(words, place)) found.add(one); }
      }
    }
  }
  if (path.endsWith("_test.ts") && /"\.\/source_files\.ts"/.test(text)) {
    for (const file of files) if (file.endsWith(".ts")) found.add(file);
  }
  found.delete(path);
  return [...found];
}

/** A file, and over how many imports it is reached by the nearest change. */
export interface Reached {
  readonly path: string;
  readonly distance: number;
}

/** The files that reach a change, nearest first; what changed is at distance 0. */
export function reachedBy(
  changed: readonly string[],
  imports: readonly Import[],
): Reached[] {
  const importers = Map.groupBy(imports, ({ to }) => to);
  const distances = new Map(changed.map((path) => [path, 0]));
  for (const [path, distance] of distances) { // grows while it is walked: nearest first
    for (const { from } of importers.get(path) ?? []) {
      if (!distances.has(from)) distances.set(from, distance + 1);
    }
  }
  return [...distances].map(([path, distance]) => ({ path, distance }));
}

/** Whether `deno test --doc` finds something to run in a file: tests, or examples in its comments. */
export function hasTests(path: string, text: string): boolean {
  if (path.endsWith("_test.ts")) return true;
  if (path.endsWith(".md")) return /^```(ts|typescript)$/m.test(text);
  return path.endsWith(".ts") && !path.startsWith("tests/") && /^ \* ```ts$/m.test(text);
}
