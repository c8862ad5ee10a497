import { average } from "../vectors.ts";
import { drawResamples, type Interval, intervalOf } from "./bootstrap.ts";
import { computeMetrics, type Metrics } from "./metrics.ts";

/** What was decided on a person's clips. */
export interface DecidedPerson {
  readonly subject: string;
  readonly labels: readonly number[];
  /** The class that was decided on, clip by clip. */
  readonly decided: readonly number[];
}

/** A mean over people, and 95 % of the means of people drawn again; NaN of a single one. */
export interface Estimate extends Interval {
  readonly mean: number;
}

/** Scores as means over people, each counting alike. */
export interface PersonScores {
  readonly people: number;
  readonly clips: number;
  readonly scores: Readonly<Record<keyof Metrics, Estimate>>;
  /** The lowest and the highest mean of a run, if there are several. */
  readonly runs?: Readonly<Record<keyof Metrics, Interval>>;
}

/** How often people are drawn again. */
const resamples = 2000;

/**
 * Scores people who were decided on in one run or in several, with other random draws each. A person's
 * score is the mean of theirs in all runs.
 */
export function scorePeople(
  runs: readonly (readonly DecidedPerson[])[],
  seed: number,
): PersonScores {
  const byRun = runs.map((people) =>
    new Map(people.map(({ subject, labels, decided }) => [
      subject,
      computeMetrics(labels, decided),
    ]))
  );
  const subjects = [...byRun[0]?.keys() ?? []].sort();
  const drawn = subjects.length < 2 ? [] : drawResamples(subjects.length, resamples, seed);
  const estimate = (name: keyof Metrics): Estimate => {
    const own = subjects.map((subject) =>
      average(byRun.map((run) => run.get(subject)?.[name] ?? NaN))
    );
    const again = drawn.map((some) => average(some.map((i) => own[i] as number)));
    return { mean: average(own), ...intervalOf(again) };
  };
  const range = (name: keyof Metrics): Interval => {
    const means = byRun.map((run) => average([...run.values()].map((one) => one[name])));
    return { low: Math.min(...means), high: Math.max(...means) };
  };
  return {
    people: subjects.length,
    clips: runs[0]?.reduce((sum, { labels }) => sum + labels.length, 0) ?? 0,
    scores: { war: estimate("war"), uar: estimate("uar"), f1: estimate("f1") },
    ...runs.length > 1 && { runs: { war: range("war"), uar: range("uar"), f1: range("f1") } },
  };
}
