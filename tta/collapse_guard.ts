/** What adapting did to the decision on one clip. */
export interface Outcome {
  readonly classBefore: number;
  readonly classAfter: number;
  /** Of the decision, in nats. */
  readonly entropyBefore: number;
  readonly entropyAfter: number;
}

/** With fewer clips, one class for all of them says nothing. */
const fewest = 4;

/**
 * Minimising entropy has a way out that is no answer: every clip goes to one class with ever more
 * certainty. Says so where outcomes look like it: all end in one class, twice as certain at least, and
 * either some were of another class before, or each clip begins more certain than those before it
 * did, because tuning goes on from clip to clip. Says nothing of a person who simply is neutral
 * throughout.
 */
export function collapseWarning(
  outcomes: readonly Outcome[],
  classes: readonly string[],
): string | undefined {
  const [first] = outcomes;
  if (!first || outcomes.length < fewest) return undefined;
  const { classAfter } = first;
  if (outcomes.some((outcome) => outcome.classAfter !== classAfter)) return undefined;
  const mean = (key: "entropyBefore" | "entropyAfter") =>
    outcomes.reduce((sum, outcome) => sum + outcome[key], 0) / outcomes.length;
  if (mean("entropyAfter") > mean("entropyBefore") / 2) return undefined;
  const turned = outcomes.filter(({ classBefore }) => classBefore !== classAfter).length;
  const half = outcomes.length >> 1;
  const average = (some: readonly Outcome[]) =>
    some.reduce((sum, { entropyBefore }) => sum + entropyBefore, 0) / some.length;
  const surer = average(outcomes.slice(-half)) < average(outcomes.slice(0, half)) / 4;
  if (turned === 0 && !surer) return undefined;
  return `all ${outcomes.length} clips end in "${classes[classAfter] ?? classAfter}", ever more ` +
    `certain${
      turned > 0 ? ` (${turned} of them were of another class before)` : ""
    }: adapting may ` +
    `have collapsed: compare with the predictions before it, or begin anew`;
}
