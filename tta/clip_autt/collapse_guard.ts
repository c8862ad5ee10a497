import { average } from "../../numbers/vectors.ts";

/** The decision on one clip before and after adapting. */
export interface Outcome {
  /** The index of the most likely class before adapting. */
  readonly classBefore: number;
  /** The same after adapting. */
  readonly classAfter: number;
  /** The decision's entropy before adapting, in nats. */
  readonly entropyBefore: number;
  /** The same after adapting. */
  readonly entropyAfter: number;
}

/** Fewer clips than this can't show a collapse; only the most recent ones count. */
const fewest = 4, most = 8;

/**
 * Warns of collapse, a known failure of entropy minimisation: every clip ends in the same class with
 * growing confidence. It warns if the recent clips all end in one class with at most half the entropy
 * that they began with, and either half of them changed class or each clip begins more confident than
 * the ones before, as tuning continues from clip to clip. A person who is neutral throughout does not
 * trigger it.
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
      `have collapsed: compare with the predictions before it, or start over`;
}
