import { type MethodEntry, methods } from "../../tta/methods/mod.ts";
import { windowOnly } from "../../tta/methods/clip_au.ts";
import { UsageError } from "../terminal/terminal.ts";

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
  readonly entry: MethodEntry;
  /** What outputs record about it; undefined with `--no-adapt`. */
  readonly told: MethodFacts | undefined;
  /** Whether what it learns about a person is saved and continued from. */
  readonly keeps: boolean;
}

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
  if (plain && base) {
    throw new UsageError(
      `Cannot decide by "${name}" without adapting: leave out --no-adapt, or choose --method ` +
        base.name,
    );
  }
  if (promptTuning) {
    return plain
      ? { entry: windowOnly, told: undefined, keeps: true }
      : { entry, told: promptTuning, keeps: true };
  }
  return { entry, told: { mode: name, ...entry.settings }, keeps: false };
}
