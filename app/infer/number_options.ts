import { allowedNumber, isWhole, UsageError } from "../terminal/terminal.ts";

const wanted = {
  from: [(x: number) => x >= 0 && x < Infinity, "a number from 0 on"],
  to: [(x: number) => x > 0 && x < Infinity, "a number above 0"],
  every: [isWhole, "a whole number from 1 on"],
  rate: [(x: number) => x > 0 && x < Infinity, "a number above 0"],
  person: [isWhole, "a whole number from 1 on"],
  least: [(x: number) => x >= 0 && x <= 1, "a number from 0 to 1"],
} as const;

type NumberOption = keyof typeof wanted;

/** Reads the options of `infer` that are numbers: which part of a video, whom, and what an answer takes. */
export function readNumbers(
  values: { readonly [name in NumberOption | "no-face-crop"]?: string | boolean | undefined },
): { readonly [name in NumberOption]: number | undefined } {
  const read = (name: NumberOption) => {
    const text = values[name], [allows, what] = wanted[name];
    if (typeof text !== "string") return undefined;
    return allowedNumber(
      text,
      (x) => allows(x),
      `Cannot read with --${name} ${text}: wanted ${what}`,
    );
  };
  const numbers = {
    ...{ from: read("from"), to: read("to"), every: read("every") },
    ...{ rate: read("rate"), person: read("person"), least: read("least") },
  };
  const { from = 0, to = Infinity, person } = numbers;
  if (to <= from) {
    throw new UsageError(`Cannot read from ${from} s to ${to} s: the end must be later`);
  }
  if (person !== undefined && values["no-face-crop"]) {
    throw new UsageError("Cannot tell people apart without looking for faces: leave out --person");
  }
  return numbers;
}
