import { Rng } from "../../numbers/rng.ts";
import { average } from "../../numbers/vectors.ts";
import { shuffled } from "../../data/split_subjects.ts";
import { castPerson } from "../../demo/dataset/cast.ts";
import type { DesignName } from "../../demo/people/design.ts";
import type { TestPerson } from "./methods.ts";
import type { MethodResult, PersonResult, Stream } from "./run_streams.ts";
import { pairedDifference } from "./table.ts";

/** Shares of clips of pain that methods are judged on: a method that assumes one fails on others. */
const mixes = [
  { name: "10 %", pain: 0.1 },
  { name: "20 %", pain: 0.2 },
  { name: "50 %", pain: 0.5 },
  { name: "80 %", pain: 0.8 },
  { name: "all neutral", pain: 0 },
  { name: "all pain", pain: 1 },
] as const;

/** Methods that are judged on mixes, by their names in the table: those that tune nothing. */
const methods = [
  "always neutral",
  "CLIP-AU",
  "neutral mean, knows that half is pain",
  "centred head, nobody enrolled",
  "enrolled with 1",
  "enrolled with 3",
  "enrolled with 3, nothing varied",
  "rest, causal",
  "rest, causal, nothing varied",
  "rest, looking ahead",
  "enrolled with 3, mirrored",
  "rest, causal, mirrored",
  "Iterative Feature Normalization",
  "latent PFT, 3 resting clips",
  "zero-shot",
  "zero-shot, debiased",
] as const;

/** The streams of a design, one for each mix. */
export function mixStreams(design: DesignName): Stream[] {
  return mixes.map(({ name, pain }): Stream => ({
    name: `${design}, ${name}`,
    design,
    painClips: Infinity,
    mix: pain,
    only: methods,
  }));
}

/** As many of a person's clips as have this share of pain, in an order that the seed decides. */
export function mixedPerson(person: TestPerson, pain: number, seed: number): TestPerson {
  const order = shuffled(person.clips, new Rng(seed).u32());
  const still = order.filter(({ label }) => label === 0);
  const hurt = order.filter(({ label }) => label !== 0);
  const odds = pain / (1 - pain);
  const pains = Math.min(hurt.length, Math.round(still.length * odds));
  const stills = pain === 0 ? still.length : Math.min(still.length, Math.round(pains / odds));
  const taken = new Set([...hurt.slice(0, pains), ...still.slice(0, stills)]);
  return { ...person, clips: order.filter((clip) => taken.has(clip)) };
}

/** The mean recall of the classes that occur, in percent. */
export function recallOfThose({ labels, decided }: PersonResult): number {
  const classes = [...new Set(labels)].map((label) => {
    const own = labels.flatMap((one, i) => one === label ? [Number(decided[i] === label)] : []);
    return average(own);
  });
  return 100 * average(classes);
}

/** The expressiveness below which a drawn person hardly reacts: about the lowest quarter. */
const hardly = 0.45;

/** Whether a drawn person hardly reacts, by how they were drawn; no method is told. */
function hardlyReacts(design: DesignName, { seed, person }: PersonResult): boolean {
  const role = { design, side: "target", seed, number: person, clips: 0 } as const;
  return castPerson(role).expressiveness < hardly;
}

/**
 * A table of a design's mixes as Markdown: by mix, their mean, the worst tenth of people, and those who
 * hardly react apart from the others.
 */
export function formatMixes(
  design: DesignName,
  byMix: readonly (readonly MethodResult[])[],
): string {
  const who = (byMix[0]?.[0]?.people ?? []).map((one) => hardlyReacts(design, one));
  const recalls = new Map<string, number[][]>();
  for (const results of byMix) {
    for (const { method, people } of results) {
      recalls.set(method, [...recalls.get(method) ?? [], people.map(recallOfThose)]);
    }
  }
  const meansOf = (mixes: readonly number[][]) =>
    (mixes[0] ?? []).map((_, person) => average(mixes.map((people) => people[person] ?? NaN)));
  const baseline = meansOf(recalls.get("CLIP-AU") ?? []);
  const seconds = (method: string) =>
    byMix.flat().filter((row) => row.method === method)
      .reduce((sum, row) => sum + row.seconds, 0);
  const lines = [...recalls].map(([method, mixes]) => {
    const six = meansOf(mixes), { mean, low, high } = pairedDifference(six, baseline);
    const worst = six.toSorted((a, b) => a - b).slice(0, Math.max(1, Math.round(six.length / 10)));
    const beside = method === "CLIP-AU"
      ? ""
      : `${mean.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
    const of = (hardly: boolean) => average(six.filter((_, person) => who[person] === hardly));
    const shown = [...mixes.map(average), average(six), average(worst), of(true), of(false)];
    const numbers = shown.map((x) => Number.isFinite(x) ? x.toFixed(1) : "").join(" | ");
    return `| ${method} | ${numbers} | ${beside} | ${seconds(method).toFixed(0)} s |`;
  });
  return [
    `### ${design}, by share of pain`,
    "",
    `${who.length} people, ${who.filter(Boolean).length} of whom hardly react.`,
    "",
    `| method | ${
      mixes.map(({ name }) => name).join(" | ")
    } | six | worst tenth | hardly react | others | beside CLIP-AU | takes |`,
    `| --- |${" --- |".repeat(mixes.length + 6)}`,
    ...lines,
    "",
  ].join("\n");
}
