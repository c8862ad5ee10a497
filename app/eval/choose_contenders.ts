import { baselinesFor } from "../../tta/baselines/mod.ts";
import { type MethodEntry, methods, type Need } from "../../tta/methods/mod.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { Contender } from "./run_methods.ts";

/** What there is for methods to stand on. */
export type Available = ReadonlySet<Need>;

/** What to say of a need that is not met. */
const missing: Readonly<Record<Need, string>> = {
  "head": "it needs a head: name one with --head",
  "gradients": "it needs gradients", // there always: the CLIP is loaded for them where one asks
  "source labels": "it needs source people: there are none",
  "source features": "it needs features of source people: there are none, or --source-clips is 0",
  "tasks": "it needs tasks: the labels name none",
};

function unmet({ needs }: MethodEntry, available: Available): string | undefined {
  const need = needs.find((need) => !available.has(need));
  return need && missing[need];
}

/**
 * The baselines, which no table is without, and the methods of these names, or all that are possible.
 * A method that is named and impossible is refused; whatever else is left out is told.
 */
export function chooseContenders(
  names: readonly string[] | undefined,
  classes: readonly string[],
  available: Available,
): { readonly contenders: Contender[]; readonly leftOut: string[] } {
  const chosen = names?.map((name) => {
    const entry = methods.find((one) => one.name === name);
    if (!entry) {
      throw new UsageError(
        `Cannot evaluate "${name}": the methods are ${methods.map(({ name }) => name).join(", ")}`,
      );
    }
    const why = unmet(entry, available);
    if (why !== undefined) throw new UsageError(`Cannot evaluate "${name}": ${why}`);
    return entry;
  });
  const all: Contender[] = [
    ...baselinesFor(classes).map((entry) => ({ entry, baseline: true })),
    ...[...new Set(chosen ?? methods)].map((entry) => ({ entry, baseline: false })),
  ];
  const why = (contender: Contender) => unmet(contender.entry, available);
  return {
    contenders: all.filter((one) => why(one) === undefined),
    leftOut: all.filter((one) => why(one) !== undefined)
      .map((one) => `${one.entry.name} is left out: ${why(one)}`),
  };
}
