import type { TtaCapStep } from "../../tta/tta_cap/step_record.ts";
import type { StoredCase, StoredScores, Window } from "./online_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { compareMetrics, scoreVideos } from "./video_rows.ts";

/** `summary.json`: counts and scores of the set's cases. */
export interface StoredSummary {
  readonly cases?: Readonly<Record<string, CountedCase>>;
  readonly ebcap?: {
    readonly overall: StoredScores;
    readonly updates: Readonly<Record<string, number>>;
  };
}

/** The counts and scores of a case. */
export interface CountedCase {
  readonly actions: Readonly<Record<string, number>>;
  readonly temporal: number;
  readonly proto: number;
  readonly overall: StoredScores;
}

/** Compares counts over a case's steps, and scores. */
export function compareCaseSummary(
  rows: RowWriter,
  { actions, temporal, proto, overall }: CountedCase,
  { classes }: StoredCase,
  windows: readonly Window[],
  steps: readonly TtaCapStep[],
): void {
  const count = (test: (step: TtaCapStep) => boolean) => steps.filter(test).length;
  rows.equal(
    "summary, counts",
    [
      ...Object.keys(actions).map((name) => [name, count(({ action }) => action === name)]),
      ["temporal", count(({ gates }) => gates.temporal)],
      ["proto", count(({ gates }) => gates.prototype)],
    ],
    [...Object.entries(actions), ["temporal", temporal], ["proto", proto]],
  );
  const videos = scoreVideos(windows, steps.map(({ logits }) => logits));
  compareMetrics(rows, "summary, overall", videos, classes, overall);
}
