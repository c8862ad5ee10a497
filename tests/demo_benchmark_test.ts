import assert from "node:assert/strict";
import { fitLinearProbe } from "../bench/personal/linear_probe.ts";
import { testPerson } from "../bench/personal/methods.ts";
import type { MethodResult } from "../bench/personal/run_streams.ts";
import { average } from "../numbers/vectors.ts";
import {
  contextSpread,
  deviation,
  formatTable,
  pairedDifference,
  tableOf,
} from "../bench/personal/table.ts";

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
  const probe = fitLinearProbe(clips, [1, 0], 1);
  const weight = probe(Float32Array.of(7));
  near(weight, 20 / (1 + Math.exp(weight)), 1e-6);
  near(probe(Float32Array.of(-.2, -4)), -weight, 1e-6);
  near(probe(Float32Array.of(-1, 1)), 0, 1e-6);
  // Held more strongly, it is less sure: w / 0.5 = 2 (1 - 1 / (1 + e^-w)).
  const held = fitLinearProbe(clips, [1, 0], 1, .5)(Float32Array.of(1));
  near(held, 1 / (1 + Math.exp(held)), 1e-6);
  // All the same direction: the offset alone tells that three of four are of class 1.
  const alike = [1, 2, 3, 4].map((x) => Float32Array.of(0, x));
  const offset = fitLinearProbe(alike, [1, 1, 1, 0], 2)(Float32Array.of(0, 1));
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

Deno.test("the table has recalls, gains, spreads and times as worked out by hand", () => {
  // Four clips of each of two people of two seeds: three neutral, one of pain.
  const result = (method: string, decided: readonly (readonly number[])[]): MethodResult => ({
    ...{ method, seconds: 12.4 },
    people: decided.map((own, i) => ({
      ...{ seed: 1 + (i >> 1), person: i & 1, labels: [0, 0, 0, 1], decided: own },
    })),
  });
  const right = [0, 0, 0, 1], neutral = [0, 0, 0, 0], pain = [1, 1, 1, 1], close = [0, 0, 1, 1];
  const rows = tableOf([
    result("always neutral", [neutral, neutral, neutral, neutral]),
    result("CLIP-AU", [pain, neutral, close, close]),
    result("official, context 1 not tuned", [pain, pain, pain, close]),
    result("official, context 2 not tuned", [neutral, neutral, neutral, neutral]),
    result("all right", [right, right, right, right]),
  ]);
  const row = (name: string) => {
    const found = rows.find(({ method }) => method === name);
    assert.ok(found, name);
    return found;
  };
  // Recall of both classes: 1/2 of those who see one class, (2/3 + 1) / 2 of those who are close.
  near(row("CLIP-AU").recall, 100 * (.5 + .5 + 5 / 6 + 5 / 6) / 4, 1e-9);
  near(row("CLIP-AU").seedSpread, 100 * (5 / 6 - .5) / Math.SQRT2, 1e-9);
  near(row("CLIP-AU").accuracy, 100 * (.25 + .75 + .75 + .75) / 4, 1e-9);
  assert.equal(row("CLIP-AU").gain, undefined);
  assert.equal(row("all right").seedSpread, 0);
  near(row("all right").gain?.mean ?? NaN, 100 * (.5 + .5 + 1 / 6 + 1 / 6) / 4, 1e-9);
  near(row("always neutral").gain?.mean ?? NaN, 50 - row("CLIP-AU").recall, 1e-9);
  const spread = contextSpread(rows) ?? [NaN, NaN];
  near(spread[0], 50, 1e-9);
  near(spread[1], 100 * (1.5 + 5 / 6) / 4, 1e-9);

  const lines = formatTable("a stream", rows).split("\n");
  assert.equal(lines[0], "### a stream");
  const shown = lines.filter((line) => line.startsWith("| ")).slice(2);
  assert.deepEqual(shown.map((line) => line.split(" | ")[0]), [
    ...["| always neutral", "| CLIP-AU", "| all right"],
  ]);
  assert.equal(shown[1], "| CLIP-AU | 66.7 ± 23.6 |  | 12 s |");
  assert.match(
    shown[0] ?? "",
    /^\| always neutral \| 50\.0 ± 0\.0 \| −16\.7 ± 9\.6 \(−33\.3 to [−+]0\.0; p 0\.\d{3}\) \| 12 s \|$/,
  );
  assert.match(
    shown[2] ?? "",
    /^\| all right \| 100\.0 ± 0\.0 \| \+33\.3 ± 9\.6 \(\+16\.7 to \+50\.0; p /,
  );
  assert.equal(
    lines.at(-2),
    "Drawn contexts of the official form, not tuned: 50.0 to 58.3.",
  );
});

Deno.test("a table of nothing to compare with has no gains, and none of contexts no spread", () => {
  const people = [{ seed: 1, person: 0, labels: [0, 1], decided: [0, 1] }];
  const rows = tableOf([{ method: "alone", people, seconds: 0.2 }]);
  assert.equal(rows[0]?.gain, undefined);
  assert.equal(contextSpread(rows), undefined);
  assert.equal(
    formatTable("s", rows).split("\n").slice(4).join("\n"),
    "| alone | 100.0 ± 0.0 |  | 0 s |\n",
  );
});
