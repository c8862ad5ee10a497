import { computeMetrics } from "../../numbers/scores/metrics.ts";
import type { TtaCapStep } from "../../tta/tta_cap/step_record.ts";
import { decideVideo } from "../../tta/tta_cap/video_decision.ts";
import type { StoredCase, StoredScores, Window } from "./online_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { storedWeights } from "./step_rows.ts";
import { tolerances } from "./tolerances.ts";

/** The record of a video, ours and the original's alike. */
export interface ScoredVideo {
  readonly subject: string;
  readonly video: string;
  readonly label: number;
  readonly predicted: number;
  readonly logits: readonly number[];
  /** The indices of its windows in the stream. */
  readonly windows: readonly number[];
}

/** The videos of a stream, in the order in which they begin, and the decisions on them. */
export function scoreVideos(
  windows: readonly Window[],
  logits: readonly (readonly number[])[],
): ScoredVideo[] {
  const places = Map.groupBy(windows.keys(), (i) => JSON.stringify(windows[i]?.slice(0, 2)));
  return [...places.values()].map((those) => {
    const [subject, video, label] = windows[those[0] ?? 0] as Window;
    const decision = decideVideo(those.map((i) => ({ logits: logits[i] ?? [] })));
    return { subject, video, label, windows: those, ...decision };
  });
}

/** Compares videos' decisions and the scores over them. */
export function compareScores(
  rows: RowWriter,
  stored: StoredCase,
  windows: readonly Window[],
  steps: readonly TtaCapStep[],
): void {
  const videos = scoreVideos(windows, steps.map(({ logits }) => logits));
  rows.equal(
    "per_video",
    videos.map((v) => [v.subject, v.video, v.windows.length, v.label, v.predicted]),
    stored.per_video.map((v) => [v.subject_id, v.video_id, v.n_frames, v.y_true, v.y_pred]),
  );
  rows.logits(
    "per_video, logits_avg",
    videos.map(({ logits }) => logits),
    stored.per_video.map(({ logits_avg }) => logits_avg),
  );
  if (stored.per_video.some((video) => video.mean_fusion_weights)) {
    const wanted = stored.per_video.map((video) => video.mean_fusion_weights ?? {});
    const got = videos.map((video) =>
      meanWeights(video.windows.map((i) => steps[i] as TtaCapStep))
    );
    const sorted = (some: readonly Record<string, number>[]) =>
      some.map((one) => Object.entries(one).toSorted());
    rows.equal(
      "per_video, mean_fusion_weights, of what",
      sorted(got).map((one) => one.map(([name]) => name)),
      sorted(wanted).map((one) => one.map(([name]) => name)),
    );
    rows.numbers(
      "per_video, mean_fusion_weights",
      sorted(got).map((one) => one.map(([, value]) => value)),
      sorted(wanted).map((one) => one.map(([, value]) => value)),
      tolerances.vector,
    );
  }
  compareMetrics(rows, "overall", videos, stored.classes, stored.overall);
  for (const [subject, scores] of Object.entries(stored.per_subject)) {
    const own = videos.filter((video) => video.subject === subject);
    compareMetrics(rows, `per_subject ${subject}`, own, stored.classes, scores);
  }
  if (stored.gate_pass_rates) compareRates(rows, stored.gate_pass_rates, steps);
}

/** Compares scores with percentages; a score unknown here fails. */
export function compareMetrics(
  rows: RowWriter,
  name: string,
  videos: readonly { readonly label: number; readonly predicted: number }[],
  classes: number,
  { N_videos, ...wanted }: StoredScores | Omit<StoredScores, "N_videos"> & { N_videos?: undefined },
): void {
  if (N_videos !== undefined) rows.equal(`${name}, N_videos`, [videos.length], [N_videos]);
  const { war, uar, f1 } = computeMetrics(
    videos.map(({ label }) => label),
    videos.map(({ predicted }) => predicted),
    classes,
  );
  const got: Readonly<Record<string, number>> = { WAR: war, UAR: uar, F1_macro: f1 };
  for (const [score, percent] of Object.entries(wanted)) {
    if (got[score] === undefined) rows.unknown([`${name}, ${score}`]);
    else rows.numbers(`${name}, ${score}`, [[got[score]]], [[percent / 100]], tolerances.vector);
  }
}

/** The means over steps that have the component. */
function meanWeights(steps: readonly TtaCapStep[]): Record<string, number> {
  const all = steps.flatMap((step) => Object.entries(storedWeights(step) ?? {}));
  const byName = Map.groupBy(all, ([name]) => name);
  return Object.fromEntries(
    [...byName].map((
      [name, some],
    ) => [name, some.reduce((sum, [, x]) => sum + x, 0) / some.length]),
  );
}

function compareRates(
  rows: RowWriter,
  wanted: Readonly<Record<string, number>>,
  steps: readonly TtaCapStep[],
): void {
  const share = (pass: (gates: TtaCapStep["gates"]) => boolean) =>
    steps.filter(({ gates }) => pass(gates)).length / steps.length;
  const got: Readonly<Record<string, number>> = {
    temporal: share((gates) => gates.temporal),
    entropy: share((gates) => gates.admissible),
    prototype: share((gates) => gates.prototype),
    all: share((gates) => gates.temporal && gates.admissible && gates.prototype),
  };
  for (const [gate, percent] of Object.entries(wanted)) {
    const name = `gate_pass_rates, ${gate}`;
    if (got[gate] === undefined) rows.unknown([name]);
    else rows.numbers(name, [[got[gate]]], [[percent / 100]], tolerances.vector);
  }
}
