import { type MethodEntry, methods } from "../../tta/methods/mod.ts";
import { windowOnly } from "../../tta/methods/window_only.ts";
import { UsageError } from "../terminal/terminal.ts";

/** A method's name with its settings, as outputs tell them. */
export interface MethodFacts {
  readonly mode: string;
  /** Where random numbers decide. */
  readonly seed?: number;
  /** Of tuning. */
  readonly steps?: number;
}

/** How a video is decided on. */
export interface ChosenMethod {
  readonly entry: MethodEntry;
  /** What outputs tell of it; undefined where the user asked for no adapting. */
  readonly told: MethodFacts | undefined;
  /** Whether what is learnt of a person is kept, and gone on with. */
  readonly keeps: boolean;
}

/** A line of help for each method; those that take no head have a mark. */
export const methodHelp: string = methods
  .map(({ name, about, needs }) => {
    const marked = needs.includes("head") ? name : `${name}*`;
    return `                      ${marked.padEnd(12)} ${about}`;
  }).join("\n");

/** The method of a name, or the decision without adapting where that is asked for. */
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
