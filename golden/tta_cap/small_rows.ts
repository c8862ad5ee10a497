import { majorityOf } from "../../tta/tta_cap/tta_cap.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import type { StoredScores } from "./online_set.ts";
import { RowWriter } from "./row_writer.ts";
import { compareMetrics } from "./video_rows.ts";

interface StoredMetrics {
  readonly C: number;
  readonly y_true: readonly number[];
  readonly y_pred: readonly number[];
  /** Scores by version. */
  readonly [version: `v${number}`]: Omit<StoredScores, "N_videos">;
}

/** `small.json`. */
interface SmallFile {
  readonly metrics: readonly StoredMetrics[];
  readonly majority: readonly { readonly labels: readonly number[]; readonly majority: number }[];
}

/** Compares scores and majorities. */
export async function compareSmall(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { metrics, majority, ...others } = await set.json<SmallFile>("small.json");
  const rows = new RowWriter(report, "tta-cap: small: ");
  for (const [i, { C, y_true, y_pred, ...versions }] of metrics.entries()) {
    const videos = y_true.map((label, n) => ({ label, predicted: y_pred[n] ?? NaN }));
    for (const [version, scores] of Object.entries(versions)) {
      compareMetrics(rows, `metrics ${i}, ${version}`, videos, C, scores);
    }
  }
  for (const [i, { labels, majority: wanted }] of majority.entries()) {
    rows.equal(`majority ${i} of [${labels}]`, [majorityOf(labels)], [wanted]);
  }
  rows.unknown(Object.keys(others));
}
