import { averagePrecision, rankArea } from "../../numbers/scores/ranking.ts";
import {
  bahAveragePrecision,
  type FrameLogits,
  plainSoftmax,
  scoreBah,
  videoRules,
} from "../../numbers/scores/bah_scores.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { GoldenSet } from "../golden_set.ts";
import { exact, type GoldenReport, type Tolerance } from "../report.ts";

/** Scores by the names of the original. */
type OfficialScores = Readonly<
  Record<"CL_ACC" | "F1_POS" | "F1_NEG" | "W_F1" | "MACRO_F1" | "Average_precision_POS", number>
>;

interface FrameCase {
  readonly name: string;
  readonly gt: readonly number[];
  readonly logits: readonly FrameLogits[] | null;
  readonly preds?: readonly number[];
  readonly bah_perfs?: OfficialScores & {
    readonly CONFUSION_MATRIX: readonly (readonly number[])[];
  };
  readonly bah_perfs_error?: string;
  readonly war: number;
  readonly uar: number;
  readonly sklearn_average_precision?: number | null;
  readonly sklearn_roc_auc?: number | null;
}

interface VideoCase {
  readonly videos: readonly { readonly label: number; readonly logits: readonly FrameLogits[] }[];
  readonly result: Readonly<
    Record<keyof typeof videoRules, {
      readonly predictions: readonly number[];
      readonly f1_per_class: readonly number[];
      readonly macro_f1: number;
      readonly weighted_f1: number;
      readonly accuracy_percent: number;
      readonly confusion_row_normalised: readonly (readonly number[])[];
    }>
  >;
}

/** `metrics.json`. */
interface MetricsFile {
  readonly cases: readonly FrameCase[];
  readonly video_level: { readonly cases: readonly VideoCase[] };
}

/** The format's tolerance for scores. */
const close: Tolerance = { relative: 1e-9, absolute: 1e-9 };

/** Compares scores of frames, and decisions on videos by each rule. */
export async function compareBahMetrics(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { cases, video_level } = await set.json<MetricsFile>("metrics.json");
  for (const one of cases) compareFrames(one, report);
  for (const [i, { videos, result }] of video_level.cases.entries()) {
    for (const rule of Object.keys(videoRules) as (keyof typeof videoRules)[]) {
      const row = `bah: videos ${i}, ${rule}`, wanted = result[rule];
      const predicted = videos.map(({ logits }) => videoRules[rule](logits));
      report.compare(`${row}, predictions`, predicted, wanted.predictions, exact);
      const got = scoreBah(videos.map(({ label }) => label), predicted);
      report.compare(
        `${row}, scores`,
        [...got.f1, got.macroF1, got.weightedF1, 100 * got.accuracy, ...got.confusion.flat()],
        [
          ...wanted.f1_per_class,
          ...[wanted.macro_f1, wanted.weighted_f1, wanted.accuracy_percent],
          ...wanted.confusion_row_normalised.flat(),
        ],
        close,
      );
    }
  }
}

function compareFrames(one: FrameCase, report: GoldenReport): void {
  const { name, gt, logits, bah_perfs: wanted } = one, row = `bah: frames, ${name}`;
  const predicted = one.preds ?? logits?.map(largestAt) ?? [];
  const got = scoreBah(gt, predicted);
  report.compare(`${row}: recalls`, [got.accuracy, got.recall], [one.war, one.uar], close);
  const precision = logits ? bahAveragePrecision(gt, logits) : 0;
  report.equal(`${row}: refused`, isRefused(gt, predicted, precision), wanted === undefined);
  if (!wanted) return;
  report.compare(
    `${row}: scores`,
    [got.accuracy, got.f1[1] ?? NaN, got.f1[0] ?? NaN, got.weightedF1, got.macroF1, precision],
    [
      ...[wanted.CL_ACC, wanted.F1_POS, wanted.F1_NEG, wanted.W_F1, wanted.MACRO_F1],
      wanted.Average_precision_POS,
    ],
    close,
  );
  const confusion = wanted.CONFUSION_MATRIX.flat();
  report.compare(`${row}: confusion`, got.confusion.flat(), confusion, close);
  compareRanking(row, one, report);
}

/** The original asserts that there are two classes, and a positive to rank. */
function isRefused(labels: readonly number[], predicted: readonly number[], precision: number) {
  return new Set([...labels, ...predicted]).size < 2 || Number.isNaN(precision);
}

/**
 * The usual scores of rankings, which the set has from scikit-learn. They depend on which of two scores
 * is larger: where scores are equal but for roundings, another exponential gives another ranking.
 */
function compareRanking(row: string, { gt, logits, ...one }: FrameCase, report: GoldenReport) {
  const frames = (logits ?? []).map((logit, i) => ({
    score: plainSoftmax(logit)[1] ?? NaN,
    positive: gt[i] === 1,
    logit: `${logit}`,
  }));
  const usual = { sklearn_average_precision: averagePrecision, sklearn_roc_auc: rankArea };
  const known = (Object.keys(usual) as (keyof typeof usual)[]).filter((name) =>
    typeof one[name] === "number"
  );
  if (hasNearTies(frames)) {
    const names = known.map((name) => `${row}: ${name}`);
    report.leaveOut(names, "their scores are equal but for roundings");
    return;
  }
  for (const name of known) {
    report.compare(`${row}: ${name}`, [usual[name](frames)], [one[name] as number], close);
  }
}

/** What two float32 exponentials may be apart, as a share: four roundings. */
const nearby = 4 * 2 ** -24;

/** Whether frames with different logits have scores within roundings of each other. */
function hasNearTies(frames: readonly { readonly score: number; readonly logit: string }[]) {
  const sorted = [...frames].sort((a, b) => a.score - b.score);
  return sorted.some((frame, i) => {
    const before = sorted[i - 1];
    return before !== undefined && before.logit !== frame.logit &&
      frame.score - before.score <= nearby * frame.score;
  });
}
