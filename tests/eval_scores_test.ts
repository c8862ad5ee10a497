import assert from "node:assert/strict";
import { bahAveragePrecision, scoreBah, videoRules } from "../numbers/scores/bah_scores.ts";
import {
  averagePrecision,
  gridAveragePrecision,
  rankArea,
  rankAreaWithin,
  type Ranked,
  type ScoredClip,
} from "../numbers/scores/ranking.ts";
import { drawResamples, intervalOf } from "../numbers/scores/bootstrap.ts";
import { calibrationError, computeScores } from "../numbers/scores/scores.ts";

const near = (got: number, wanted: number) =>
  assert.ok(Math.abs(got - wanted) < 1e-12, `${got} for ${wanted}`);

const ranked = (...pairs: [number, 0 | 1][]): Ranked[] =>
  pairs.map(([score, positive]) => ({ score, positive: positive === 1 }));

const clip = (label: number, positive: number, task?: string, subject = "a"): ScoredClip => ({
  subject,
  task,
  label,
  probabilities: [1 - positive, positive],
});

Deno.test("average precision is scikit-learn's, ties and all", () => {
  // The example of its documentation: 0.8333.
  near(averagePrecision(ranked([0.1, 0], [0.4, 0], [0.35, 1], [0.8, 1])), 0.5 + 0.5 * 2 / 3);
  near(averagePrecision(ranked([0.5, 1], [0.5, 0], [0.5, 0], [0.5, 0])), 1 / 4);
  near(averagePrecision(ranked([0.9, 1], [0.9, 0], [0.2, 1])), 0.5 * 1 / 2 + 0.5 * 2 / 3);
  assert.equal(averagePrecision(ranked([0.5, 0])), NaN);
});

Deno.test("average precision on the grid gives half the prior to who never says yes", () => {
  // Recall 1 at threshold 0 with the prior's precision; nothing reaches the next ones.
  near(gridAveragePrecision(ranked([0, 1], [0, 0], [0, 0], [0, 0], [0, 0])), 0.1);
  // 0.9 and 0.6 are right, 0.7 is wrong: (1, 3/4) below, then (1, 2/3) from 0.2 on, (1/2, 1/2) from 0.6
  // on, (1/2, 1) from 0.7 on, (0, 0) from 0.9 on.
  const four = ranked([0.9, 1], [0.7, 0], [0.6, 1], [0.2, 0]);
  near(gridAveragePrecision(four), 0.5 * (2 / 3 + 1 / 2) / 2 + 0.5 * (1 + 0) / 2);
  // A perfect one that is sure: precision 1 as far as recall 0's corner, which has no anchor.
  near(gridAveragePrecision(ranked([1, 1], [0, 0])), 0);
  assert.equal(gridAveragePrecision(ranked([0.5, 0])), NaN);
});

Deno.test("areas count pairs, and those of one group alone tell nothing of the group", () => {
  near(rankArea(ranked([0.1, 0], [0.4, 0], [0.35, 1], [0.8, 1])), 3 / 4);
  near(rankArea(ranked([0.5, 0], [0.5, 1], [0.5, 1])), 1 / 2);
  assert.equal(rankArea(ranked([0.5, 1])), NaN);
  const easy = ranked([0.2, 0], [0.2, 0], [0.2, 1]), hard = ranked([0.8, 1], [0.8, 1], [0.8, 0]);
  near(rankArea([...easy, ...hard]), (1 + 2.5 + 2.5) / 9);
  near(rankAreaWithin([easy, hard]), 0.5);
  assert.equal(rankAreaWithin([]), NaN);
});

Deno.test("the calibration error is the gap between being sure and being right", () => {
  near(calibrationError([clip(1, 0.8), clip(1, 0.8), clip(1, 0.8), clip(1, 0.8), clip(0, 0.8)]), 0);
  near(calibrationError([clip(1, 1), clip(0, 1)]), 0.5);
  // Two bins: 0.62 of which one in two is right, and 0.9 of which all are.
  near(
    calibrationError([clip(1, 0.62), clip(0, 0.62), clip(1, 0.9), clip(0, 0.1)], 10),
    0.5 * 0.12 + 0.5 * 0.1,
  );
});

Deno.test("all scores at once, and NaN for what clips don't allow", () => {
  const clips = [
    clip(0, 0.1, "rest"),
    clip(0, 0.4, "rest"),
    clip(1, 0.35, "sums"),
    clip(1, 0.8, "sums"),
  ];
  const scores = computeScores(clips, 2);
  near(scores.war, 0.75);
  near(scores.uar, 0.75);
  near(scores.f1, (4 / 5 + 2 / 3) / 2);
  near(scores.ap, 0.5 + 0.5 * 2 / 3);
  near(scores.auc, 0.75);
  assert.deepEqual([scores.clips, scores.aucWithinTask], [4, NaN]);
  assert.equal(computeScores(clips.slice(0, 2), 2).ap, NaN);
  const three = [0, 1, 2].map((label) => ({
    subject: "a",
    label,
    probabilities: [0, 1, 2].map((c) => c === label ? 0.8 : 0.1),
  }));
  assert.deepEqual([computeScores(three, 3).auc, computeScores(three, 3).f1], [1, 1]);
});

Deno.test("resamples are the seed's, and intervals lie between quantiles", () => {
  const draws = drawResamples(10, 2000, 7);
  assert.deepEqual(drawResamples(10, 2000, 7), draws);
  assert.notDeepEqual(drawResamples(10, 2000, 8), draws);
  assert.ok(draws.every((draw) => draw.length === 10 && draw.every((i) => i >= 0 && i < 10)));
  const counts = Array.from({ length: 10 }, (_, i) => draws.flat().filter((x) => x === i).length);
  assert.ok(counts.every((count) => Math.abs(count - 2000) < 200), counts.join());
  const { low, high } = intervalOf(Array.from({ length: 41 }, (_, i) => i));
  near(low, 1);
  near(high, 39);
  assert.deepEqual(intervalOf([NaN, 3]), { low: 3, high: 3 });
  assert.deepEqual(intervalOf([NaN]), { low: NaN, high: NaN });
});

Deno.test("BAH's scores by hand: rows of the confusion, both classes always, ties", () => {
  // Of three 0s two are right, the only 1 is wrong.
  const scores = scoreBah([0, 0, 0, 1], [0, 0, 1, 0]);
  assert.deepEqual(scores.confusion, [[2 / 3, 1 / 3], [1, 0]]);
  assert.deepEqual(scores.f1, [4 / 6, 0]);
  near(scores.macroF1, 1 / 3);
  near(scores.weightedF1, 1 / 2);
  near(scores.recall, 1 / 3);
  // One class alone: the other's row and F1 are 0, and recall is of what occurs.
  const one = scoreBah([1, 1], [1, 1]);
  assert.deepEqual([one.confusion, one.macroF1, one.recall], [[[0, 0], [0, 1]], 0.5, 1]);
  assert.throws(() => scoreBah([], []), /Cannot score 0 predictions for 0 labels/);
  // As many votes for each: that which comes first. Equal means: class 0.
  assert.equal(videoRules.FRAMES_VOTE([[0, 1], [1, 0]]), 1);
  assert.equal(videoRules.FRAMES_AVG_LOGITS([[0, 1], [1, 0]]), 0);
  assert.equal(videoRules.FRAMES_AVG_PROBS([[0, 1], [1, 0]]), 0);
});

Deno.test("BAH's area compares in float32, and does not count what overflows", () => {
  // 0.005 is a little less in float32, and so is the threshold: precision 1 there.
  const ranks = ranked([Math.fround(0.005), 1], [0.0049, 0]);
  near(gridAveragePrecision(ranks), 1 / 2);
  // The first is never said to be positive: recall 1/2 at most, with precision 1 from the third on.
  near(bahAveragePrecision([1, 1, 0], [[0, 90], [0, 0], [0, -1]]), 1 / 4);
  assert.equal(bahAveragePrecision([0], [[0, 1]]), NaN);
});
