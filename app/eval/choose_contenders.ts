import { frameMethods } from "../../tta/ambivalence/frame_methods.ts";
import { fusionMethods } from "../../tta/ambivalence/methods.ts";
import { personalMethods } from "../../tta/ambivalence/personal_methods.ts";
import { baselinesFor } from "../../tta/baselines/mod.ts";
import { type MethodEntry, methods, type Need } from "../../tta/methods/mod.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { Contender } from "./run_methods.ts";

/** The needs of methods that can be met. */
export type Available = ReadonlySet<Need>;

/** Messages for needs that are not met. */
const missing: Readonly<Record<Need, string>> = {
  "head": "it needs a head: name one with --head",
  "rest": "it needs a head that knows how people rest: train one with --centred",
  "resting":
    "it needs resting clips, which are then not tested on: name it with --method, and where the " +
    "data set does not say which they are, their task with --rest-task",
  "translator":
    "it needs a translator: name one with --translator, or source people to learn it from",
  "dsfda": "it needs DSFDA's networks: name their file with --dsfda",
  "gradients": "it needs gradients", // always met: the CLIP is loaded for them if a method needs them
  "source labels": "it needs source people: there are none",
  "source rest":
    "it needs resting clips of source people: where the data set does not say which they are, name " +
    "their task with --rest-task",
  "source features": "it needs features of source people: there are none, or --source-clips is 0",
  "tasks": "it needs tasks: the labels name none",
  "transcripts": "it needs transcripts: the labels have none",
};

function unmet({ needs }: MethodEntry, available: Available): string | undefined {
  const need = needs.find((need) => !available.has(need));
  return need && missing[need];
}

/**
 * The baselines, which are in every table, and the named methods, or all that are possible but for LFAN and
 * CAN. A named method that is impossible is refused; others are left out, with a reason for each.
 */
export function chooseContenders(
  names: readonly string[] | undefined,
  classes: readonly string[],
  available: Available,
): { readonly contenders: Contender[]; readonly leftOut: string[] } {
  const usual = [...methods, ...fusionMethods(), ...personalMethods()];
  const possible = [...usual, ...frameMethods()];
  const chosen = names?.map((name) => {
    const entry = possible.find((one) => one.name === name);
    if (!entry) {
      throw new UsageError(
        `Cannot evaluate "${name}": the methods are ${possible.map(({ name }) => name).join(", ")}`,
      );
    }
    const why = unmet(entry, available);
    if (why !== undefined) throw new UsageError(`Cannot evaluate "${name}": ${why}`);
    return entry;
  });
  // Few datasets have transcripts: that they lack them is no news.
  const readable = ({ needs }: MethodEntry) =>
    !needs.includes("transcripts") || available.has("transcripts");
  const all: Contender[] = [
    ...baselinesFor(classes).filter(readable).map((entry) => ({ entry, baseline: true })),
    ...[...new Set(chosen ?? usual.filter(readable))]
      .map((entry) => ({ entry, baseline: false })),
  ];
  const why = (contender: Contender) => unmet(contender.entry, available);
  return {
    contenders: all.filter((one) => why(one) === undefined),
    leftOut: all.filter((one) => why(one) !== undefined)
      .map((one) => `${one.entry.name} is left out: ${why(one)}`),
  };
}
