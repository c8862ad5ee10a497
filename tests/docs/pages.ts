import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that this project is in. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The pages that are written for readers; results of benchmarks are kept as they were. */
export function* pages(folder = ""): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(join(root, folder))) {
    if (/^(\..*|node_modules|coverage|results)$/.test(name)) continue;
    if (isDirectory) yield* pages(join(folder, name));
    else if (isFile && name.endsWith(".md")) yield join(folder, name);
  }
}

/** The text of a page. */
export const readPage = (page: string): string => Deno.readTextFileSync(join(root, page));

/** A page without its blocks: prose, tables and headings. */
export const proseOf = (page: string): string => readPage(page).replace(/^```.*?^```/gms, "");

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  /** Whether Deno's own tests of examples leave it out. */
  readonly ignored: boolean;
  readonly text: string;
}

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): Block[] {
  return [...readPage(page).matchAll(/^```(\w*)([^\n]*)\n(.*?)^```/gms)].map(
    ([, language = "", flags = "", text = ""]) => ({
      language,
      ignored: flags.includes("ignore"),
      text,
    }),
  );
}

/** The commands of a shell block, each on one line; a script with `#!` is one command. */
export function commandsOf({ language, text }: Block): string[] {
  if (language !== "sh") return [];
  if (text.startsWith("#!")) return [text.trimEnd()];
  return text.replaceAll(/\\\n\s*/g, "").split("\n")
    .map((line) => line.replace(/(^|\s+)# .*$/, "").trim())
    .filter((line) => line !== "");
}

/** A call of a task in a page, with the options that it is given. */
export interface Call {
  readonly task: string;
  /** What chooses another help text of the same task. */
  readonly kind: readonly string[];
  readonly options: readonly string[];
}

/** The calls of tasks in a page: in blocks that are no program, and between backticks. */
export function callsOf(page: string): Call[] {
  const blocks = blocksOf(page).filter(({ language }) => !/^[jt]s$/.test(language))
    .map(({ text }) => text.replaceAll(/\\\n/g, " "));
  const spans = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, span = ""]) =>
    span.replaceAll("\n", " ")
  );
  return [...blocks, ...spans].flatMap((text) => text.split("\n")).flatMap((line) => {
    const [, task, rest = ""] = /(?:\/autt|deno task) ([a-z][\w:-]*)(.*)/.exec(line) ?? [];
    if (task === undefined) return [];
    const [own = ""] = rest.split(/ # | \| | && |; /);
    const kind = own.match(/--task ambivalence/)?.[0].split(" ") ?? [];
    return [{ task, kind, options: own.match(/--[a-z][\w-]*/g) ?? [] }];
  });
}
