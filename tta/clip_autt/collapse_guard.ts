import { average } from "../../numbers/vectors.ts";

/** What adapting did to the decision on one clip. */
export interface Outcome {
  /** The number of the likeliest class before adapting. */
  readonly classBefore: number;
  /** The same after it. */
  readonly classAfter: number;
  /** Of the decision, in nats. */
  readonly entropyBefore: number;
  /** Its entropy after it. */
  readonly entropyAfter: number;
}

/** With fewer clips, one class for all of them says nothing; more than the last few are the past. */
const fewest = 4, most = 8;

/**
 * Minimising entropy has a way out that is no answer: every clip goes to one class with ever more
 * certainty. Says so where the last outcomes look like it: all end in one class, twice as certain at
 * least, and either half of them were of another class before, or each clip begins more certain than
 * those before it did, because tuning goes on from clip to clip. Says nothing of a person who simply is
 * neutral throughout.
 */
export function collapseWarning(
  outcomes: readonly Outcome[],
  classes: readonly string[],
): string | undefined {
  const recent = outcomes.filter(({ entropyBefore, entropyAfter }) =>
    Number.isFinite(entropyBefore) && Number.isFinite(entropyAfter)
  ).slice(-most);
  const [first] = recent, count = recent.length;
  if (!first || count < fewest) return undefined;
  const { classAfter } = first;
  if (recent.some((outcome) => outcome.classAfter !== classAfter)) return undefined;
  const mean = (some: readonly Outcome[], key: "entropyBefore" | "entropyAfter") =>
    average(some.map((outcome) => outcome[key]));
  if (mean(recent, "entropyAfter") > mean(recent, "entropyBefore") / 2) return undefined;
  const turned = recent.filter(({ classBefore }) => classBefore !== classAfter).length;
  const half = count >> 1;
  const surer = mean(recent.slice(-half), "entropyBefore") <
    mean(recent.slice(0, half), "entropyBefore") / 4;
  const why = surer
    ? "ever more certain"
    : 2 * turned >= count
    ? `though ${turned} of them were of another class before`
    : undefined;
  return why &&
    `the last ${count} clips all end in "${
        classes[classAfter] ?? classAfter
      }", ${why}: adapting may ` +
      `have collapsed: compare with the predictions before it, or begin anew`;
}
