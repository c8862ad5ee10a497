import type { ClusterCandidate, ClusterSearch } from "../../tta/tta_cap/cluster_search.ts";
import type { GoldenReport } from "../report.ts";
import type { StoredSearch } from "./offline_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { tolerances } from "./tolerances.ts";

/** The numbers of a candidate by the original's names. */
const measures: Readonly<Record<string, (candidate: ClusterCandidate) => number>> = {
  eps: ({ radius }) => radius,
  validity: ({ validity }) => validity,
  noise_rate: ({ noise }) => noise,
  stability: ({ stability }) => stability,
  score: ({ score }) => score,
};

/** Compares every clustering that was tried, the chosen one and its result. */
export function compareSearch(
  rows: RowWriter,
  report: GoldenReport,
  name: string,
  { candidates, chosen, labels, medoids }: ClusterSearch,
  count: number,
  wanted: StoredSearch,
): void {
  rows.equal(
    `${name}: candidates`,
    candidates.map(({ fewestNeighbours, clusters }) => [count, fewestNeighbours, clusters]),
    wanted.candidates.map(({ n, min_samples, clusters }) => [n, min_samples, clusters]),
  );
  for (const [measure, of] of Object.entries(measures)) {
    rows.numbers(
      `${name}: candidates, ${measure}`,
      [candidates.map(of)],
      [wanted.candidates.map((one) => one[measure as keyof typeof one])],
      tolerances.vector,
    );
  }
  rows.equal(`${name}: prototype_rows`, medoids, wanted.prototype_rows);
  const { fallback, ...selected } = wanted.selected;
  rows.equal(`${name}: selected, fallback`, [Number(chosen === undefined)], [fallback]);
  if (!chosen) {
    const names = Object.keys(selected).map((key) => `tta-cap: offline: ${name}: selected, ${key}`);
    report.leaveOut(names, "nothing was chosen");
    return;
  }
  rows.equal(`${name}: labels`, [...labels ?? []], wanted.labels ?? []);
  const { num_clusters, min_samples, ...numbers } = selected;
  rows.equal(
    `${name}: selected, num_clusters and min_samples`,
    [chosen.clusters, chosen.fewestNeighbours],
    [num_clusters, min_samples],
  );
  for (const [measure, value] of Object.entries(numbers)) {
    const of = measures[measure];
    if (!of) rows.unknown([`${name}: selected, ${measure}`]);
    else {
      const row = `${name}: selected, ${measure}`;
      rows.numbers(row, [[of(chosen)]], [[value ?? NaN]], tolerances.vector);
    }
  }
}
