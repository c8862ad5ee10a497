import type { Interval } from "../../numbers/scores/bootstrap.ts";
import type { Scores } from "../../numbers/scores/scores.ts";
import type { ScoreRow } from "./score_runs.ts";

/** The columns of scores, with their headings. */
const columns: readonly (readonly [string, keyof Scores])[] = [
  ["WAR", "war"],
  ["UAR", "uar"],
  ["F1", "f1"],
  ["AP", "ap"],
  ["AP grid", "apGrid"],
  ["AUC", "auc"],
  ["in task", "aucWithinTask"],
  ["ECE", "ece"],
];

const percent = (x: number) => Number.isFinite(x) ? (100 * x).toFixed(1) : "-";
const range = ({ low, high }: Interval) =>
  Number.isFinite(low) ? `${percent(low)} to ${percent(high)}` : "-";

/** The table as it is printed, in percent: baselines, then methods compared with the best of these. */
export function scoreTable(rows: readonly ScoreRow[], people: number, clips: number): string {
  const sorted = [...rows.filter((row) => row.baseline), ...rows.filter((row) => !row.baseline)];
  const heading = ["", ...columns.map(([name]) => name), "F1, 95 %", "against the best baseline"];
  const lines = sorted.map((row) => [
    `${row.name}${row.looksAhead ? " (looks ahead)" : ""}`,
    ...columns.map(([, key]) => percent(row.scores[key])),
    range(row.intervals.f1),
    row.standing ? standingOf(row) : "baseline",
  ]);
  const spreads = sorted.flatMap(({ name, draws, spread }) =>
    spread ? [`${name}: the mean of ${draws} draws; F1 of one goes from ${range(spread)}`] : []
  );
  const best = sorted.find(({ standing }) => standing)?.standing?.baseline;
  return [
    `${clips} ${clips === 1 ? "clip" : "clips"} of ${people} ${
      people === 1 ? "person" : "people"
    }, in percent; AUC is at 50 by chance, "in task" over pairs of one task`,
    "",
    ...layOut([heading, ...lines]),
    "",
    ...best === undefined ? [] : [
      `* not above the best baseline ("${best}") in F1; ? above it, but not in 95 % of resamples of people`,
    ],
    ...spreads,
  ].join("\n");
}

function standingOf({ standing }: ScoreRow): string {
  if (!standing) return "";
  const sign = standing.difference > 0 ? "+" : "";
  const mark = { better: "", "not certain": " ?", "no better": " *" }[standing.verdict];
  return `${sign}${percent(standing.difference)} (${range(standing.interval)})${mark}`;
}

/** Pads columns to equal width: the first and the last are left-aligned, numbers right-aligned. */
export function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row.map((cell, i) =>
      i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
    ).join("  ").trimEnd()
  );
}
