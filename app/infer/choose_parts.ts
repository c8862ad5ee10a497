import { demoHead, demoSources } from "../../demo/model.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import type { ReaderSetup } from "../../person/open_reader.ts";
import { type MethodEntry, methods } from "../../tta/methods/mod.ts";
import { windowOnly } from "../../tta/methods/clip_au.ts";
import { loadSourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { loadDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { loadLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { dsfdaPath, translatorPath } from "../people/subject_path.ts";
import { classPresets } from "./class_presets.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** A method's name and settings, as recorded in outputs. */
export interface MethodFacts {
  readonly mode: string;
  /** Seed, if the method draws random numbers. */
  readonly seed?: number;
  /** Number of tuning steps. */
  readonly steps?: number;
}

/** The chosen method. */
export interface ChosenMethod {
  /** Undefined to observe without deciding. */
  readonly entry: MethodEntry | undefined;
  /** What outputs record about it; undefined with `--no-adapt`. */
  readonly told: MethodFacts | undefined;
  /** Whether what it learns about a person is saved and continued from. */
  readonly keeps: boolean;
}

/** Not to decide at all: only the Action Units are told. */
export const observation: ChosenMethod = {
  entry: undefined,
  told: { mode: "observe" },
  keeps: false,
};

/** A line of help for each method; those that need no head are marked. */
export const methodHelp: string = methods
  .map(({ name, about, needs }) => {
    const marked = needs.includes("head") ? name : `${name}*`;
    return `                      ${marked.padEnd(12)} ${about}`;
  }).join("\n");

/** Finds a method by name, or its unadapted form if `plain` is set. */
export function chooseMethod(name: string, plain: boolean): ChosenMethod {
  const entry = methods.find((one) => one.name === name);
  if (!entry) {
    throw new UsageError(
      `Cannot decide by "${name}": the methods are ${methods.map(({ name }) => name).join(", ")}`,
    );
  }
  const { promptTuning, base } = entry;
  if (plain && !promptTuning && entry.adapts !== false) {
    const instead = base && methods.includes(base) ? `, or choose --method ${base.name}` : "";
    throw new UsageError(
      `Cannot decide by "${name}" without adapting: leave out --no-adapt${instead}`,
    );
  }
  if (promptTuning) {
    return plain
      ? { entry: windowOnly, told: undefined, keeps: true }
      : { entry, told: promptTuning, keeps: true };
  }
  return { entry, told: { mode: name, ...entry.settings }, keeps: false };
}

/** A file and the name the user gave it. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** The files and class names that a method uses. */
export type NamedParts = ReturnType<typeof chooseParts>;

/** The same, loaded. */
export type Parts = Pick<ReaderSetup, "head" | "classes" | "sources" | "translator" | "dsfda">;

/**
 * Chooses the files for a method, by default the demo's; rejects options that do not fit the method. There
 * is a head if the method uses one, or if only its class names are used.
 */
export function chooseParts(
  { entry }: ChosenMethod,
  values: { readonly [part in "head" | "sources" | "classes" | "subject"]?: string },
  model: string,
) {
  const none = {
    ...{ head: undefined, sources: undefined, classes: undefined },
    ...{ translator: undefined, dsfda: undefined },
  };
  if (!entry) return none;
  const { name, needs } = entry, demo = model === "demo";
  const classes = values.classes === undefined ? undefined : readClasses(values.classes);
  if (needs.includes("translator")) {
    if (values.subject !== undefined) {
      return {
        ...none,
        translator: { path: translatorPath(values.subject), name: values.subject },
      };
    }
    throw new UsageError(
      `Cannot decide by "${name}" on somebody who is not enrolled: name a person with --subject, for ` +
        "whom `./autt enroll --method pft` adapted a translator",
    );
  }
  const named = (path: string | undefined): NamedFile | undefined =>
    path === undefined ? undefined : { path: userPath(path), name: path };
  if (needs.includes("dsfda")) {
    const own = values.subject === undefined
      ? undefined
      : { path: dsfdaPath(values.subject), name: values.subject };
    const networks = named(values.head) ?? own;
    if (networks) {
      return { ...none, classes, dsfda: { ...networks, enrolled: networks === own } };
    }
    throw new UsageError(
      `Cannot decide by "${name}" without its networks: name their file with --head, or a person with ` +
        "--subject to whom `./autt enroll --method dsfda` adapted them",
    );
  }
  const headed = needs.includes("head"), sourced = needs.includes("source features");
  const usualHead = demo && (headed || classes === undefined)
    ? { path: demoHead, name: "the demo's head" }
    : undefined;
  const head = named(values.head) ?? usualHead;
  if (headed && !head) {
    throw new UsageError(
      "Cannot decide without a head: train one with `./autt train`, or name the authors' .pth, " +
        "with --head; without --method the Action Units are told, which takes none; to see how it " +
        "works, `./autt infer` alone shows a drawn face",
    );
  }
  if (!sourced && values.sources !== undefined) {
    throw new UsageError(`Cannot use --sources with "${name}": it learns from no other people`);
  }
  const usualSources = demo && sourced
    ? { path: demoSources, name: "the demo's people" }
    : undefined;
  const sources = named(values.sources) ?? usualSources;
  if (sourced && !sources) {
    throw new UsageError(
      `Cannot decide by "${name}" without people to learn from: make a file of them with ` +
        "`./autt train LABELS --sources FILE`, and name it with --sources",
    );
  }
  if (!head && !sources && !classes) {
    throw new UsageError(
      `Cannot decide by "${name}" without classes: name them with --classes A,B, or a head that has ` +
        "them with --head",
    );
  }
  return { ...none, head, sources, classes };
}

/** Loads the head and the source people that the method uses, and finds the class names. */
export async function loadParts(
  { entry }: ChosenMethod,
  { head, sources, classes, translator, dsfda }: NamedParts,
): Promise<Parts> {
  const none = { head: undefined, sources: undefined, translator: undefined, dsfda: undefined };
  if (!entry) return { ...none, classes: [] };
  if (dsfda) {
    if (await fileSize(dsfda.path) === undefined) {
      throw new UsageError(
        `Cannot decide by "${entry.name}" on ${dsfda.name}: there is no ${dsfda.path}: make it with ` +
          "`./autt enroll VIDEO --subject NAME --method dsfda --dsfda FILE`, or name a file with --head",
      );
    }
    const networks = await loadDsfda(dsfda.path, classes);
    return { ...none, classes: networks.classes, dsfda: networks };
  }
  if (translator) {
    const { path, name } = translator;
    if (await fileSize(path) === undefined) {
      throw new UsageError(
        `Cannot decide by "${entry.name}" on ${name}: no translator is adapted to them: do so with ` +
          `\`./autt enroll VIDEO --subject ${name} --method pft --translator FILE\``,
      );
    }
    const own = await loadLatentPft(path);
    return { ...none, classes: own.classes, translator: own };
  }
  // A method that uses no head can still take the class names from one.
  const loaded = head && await loadHead(head.path, classes);
  const people = sources && await loadSourcePeople(sources.path);
  return {
    ...none,
    head: entry.needs.includes("head") ? loaded : undefined,
    classes: loaded?.classes ?? classes ?? people?.classes ?? [],
    sources: people && sources && { path: sources.name, people },
  };
}

function readClasses(text: string): string[] {
  const name = text.trim();
  if (Object.hasOwn(classPresets, name)) return [...classPresets[name] ?? []];
  const classes = text.split(",").map((name) => name.trim());
  if (classes.length > 1 && !classes.includes("") && new Set(classes).size === classes.length) {
    return classes;
  }
  throw new UsageError(
    `Cannot decide between the classes "${text}": wanted two names at least, each another, or one of ` +
      Object.keys(classPresets).join(", "),
  );
}
