import assert from "node:assert/strict";
import { LinearProbe } from "../demo/benchmark/linear_probe.ts";
import { testPerson } from "../demo/benchmark/methods.ts";
import { average, deviation, pairedDifference } from "../demo/benchmark/statistics.ts";

const near = (got: number, wanted: number, within = 1e-12) =>
  assert.ok(Math.abs(got - wanted) <= within, `${got}: wanted ${wanted}`);

Deno.test("means, deviations and paired differences are those worked out by hand", () => {
  assert.equal(average([1, 2, 6]), 3);
  near(deviation([1, 2, 6]), Math.sqrt((4 + 1 + 9) / 2));
  // Differences 1 and 3: mean 2, deviation √2, so the error is 1.
  const two = pairedDifference([2, 5], [1, 2]);
  near(two.mean, 2);
  near(two.error, 1);
  // A quarter of the draws has the lower one twice, a quarter the higher one.
  assert.deepEqual([two.low, two.high], [1, 3]);
  // Of four ways to put signs, two have so large a mean.
  near(two.p, .5, .02);
  assert.deepEqual(pairedDifference([2, 5], [1, 2]), two, "the same numbers, the same answer");
  const same = pairedDifference([.4, .4, .4], [.4, .4, .4]);
  assert.deepEqual(same, { mean: 0, error: 0, low: 0, high: 0, p: 1 });
});

Deno.test("the interval and the share of signs agree with what is known of many people", () => {
  const ours = Array.from({ length: 64 }, (_, i) => i % 2 ? 1 : .2);
  const { mean, error, low, high, p } = pairedDifference(ours, ours.map(() => .5));
  near(mean, .1);
  near(error, Math.sqrt(64 * .16 / 63 / 64));
  near((high - low) / (2 * 1.96 * error), 1, .05);
  // About two standard errors away: by the normal distribution, 0.052 (the mean square is 0.17).
  near(p, .052, .02);
});

Deno.test("the linear probe finds the weights that make its slope nothing", () => {
  // Directions +1 and -1: by symmetry no offset, and w / 10 = 2 (1 - 1 / (1 + e^-w)).
  const clips = [Float32Array.of(5, 9), Float32Array.of(-3, -.1)];
  const probe = LinearProbe.fit(clips, [1, 0], 1);
  const weight = probe.score(Float32Array.of(7), 1);
  near(weight, 20 / (1 + Math.exp(weight)), 1e-6);
  near(probe.score(Float32Array.of(-.2, -4), 1), -weight, 1e-6);
  near(probe.score(Float32Array.of(-1, 1), 1), 0, 1e-6);
  // Held more strongly, it is less sure: w / 0.5 = 2 (1 - 1 / (1 + e^-w)).
  const held = LinearProbe.fit(clips, [1, 0], 1, .5).score(Float32Array.of(1), 1);
  near(held, 1 / (1 + Math.exp(held)), 1e-6);
  // All the same direction: the offset alone tells that three of four are of class 1.
  const alike = [1, 2, 3, 4].map((x) => Float32Array.of(0, x));
  const offset = LinearProbe.fit(alike, [1, 1, 1, 0], 2).score(Float32Array.of(0, 1), 2);
  near(offset, Math.log(3), .001);
});

Deno.test("a person is not tested on the clips that enrolment may use", () => {
  const clips = Array.from({ length: 10 }, (_, i) => Float32Array.of(i));
  const all = testPerson(clips);
  assert.deepEqual(all.neutral.map(([x]) => x), [0, 2, 4]);
  assert.deepEqual(all.clips.map(({ features: [x] }) => x), [1, 3, 5, 6, 7, 8, 9]);
  assert.deepEqual(all.clips.map(({ label }) => label), [1, 1, 1, 0, 1, 0, 1]);
  const few = testPerson(clips, 1);
  assert.deepEqual(few.clips.map(({ features: [x] }) => x), [1, 6, 8]);
});
