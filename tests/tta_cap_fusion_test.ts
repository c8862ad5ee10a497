import assert from "node:assert/strict";
import { computeMetrics } from "../numbers/scores/metrics.ts";
import { fuseEmbeddings } from "../tta/tta_cap/fuse_embeddings.ts";
import { type TtaCapSettings, ttaCapVersions } from "../tta/tta_cap/settings.ts";
import { TtaCap } from "../tta/tta_cap/tta_cap.ts";
import { largestAt } from "../numbers/vectors.ts";

const { v1, v2 } = ttaCapVersions;
const axis = (d: number) => Float64Array.from({ length: 4 }, (_, i) => Number(i === d));

/** Probabilities of class 0 of the four components, each an axis of its own. */
const shares = [0.6, 0.9, 0.2, 0.7];
const vectors = { target: axis(0), source: axis(1), positive: axis(2), negative: axis(3) };
const probabilitiesOf = (z: ArrayLike<number>) => {
  const share = shares.find((_, d) => z[d] === 1) ?? NaN;
  return [share, 1 - share];
};

function weightsOf(settings: Partial<TtaCapSettings>): Record<string, number> {
  const { weights, fused } = fuseEmbeddings(vectors, probabilitiesOf, { ...v2, ...settings });
  const found = Object.entries(weights).map((
    [name, { weight }],
  ): [string, number] => [name, weight]);
  // What was fused is what the weights say, at unit length.
  const sum = Object.keys(vectors).map((name) =>
    (name === "negative" ? -1 : 1) * (Object.fromEntries(found)[name] ?? 0)
  );
  for (const [d, x] of fused.entries()) {
    assert.ok(Math.abs(x - (sum[d] ?? NaN) / Math.hypot(...sum)) < 1e-12);
  }
  return Object.fromEntries(found.map(([name, weight]) => [name, Number(weight.toFixed(6))]));
}

Deno.test("components weigh what is set, their confidence, or the softmax of that", () => {
  const set = { sourceWeight: 0.5, positiveWeight: 2, negativeWeight: 0.25 };
  assert.deepEqual(weightsOf(set), { target: 1, source: 0.5, positive: 2, negative: 0.25 });
  assert.deepEqual(
    weightsOf({ ...set, weighting: "confidence" }),
    { target: 0.6, source: 0.45, positive: 1.6, negative: 0.175 },
  );
  const powers = [0.6, 0.45, 1.6, 0.175].map((confidence) => Math.exp(confidence / 0.5));
  const all = powers.reduce((a, b) => a + b, 0);
  assert.deepEqual(
    Object.values(weightsOf({ ...set, weighting: "attention", attentionTemperature: 0.5 })),
    powers.map((power) => Number((power / all).toFixed(6))),
  );
});

Deno.test("of components that disagree, those of the shared class are fused", () => {
  // Source and target say class 0, the positive says 1; the negative is asked nothing.
  assert.deepEqual(Object.keys(weightsOf({ agreement: "majority" })), [
    "target",
    "source",
    "negative",
  ]);
  const attention = weightsOf({ agreement: "majority", weighting: "attention" });
  assert.ok(Math.abs(Object.values(attention).reduce((a, b) => a + b, 0) - 1) < 1e-5);
  const { weights } = fuseEmbeddings(
    { ...vectors, source: new Float64Array(4), negative: new Float64Array(4) },
    probabilitiesOf,
    { ...v2, agreement: "majority" },
  );
  assert.deepEqual(Object.keys(weights), ["positive"]); // 0.8 against the target's 0.6
});

Deno.test("an ambiguous window with prototypes of another class is kept by the margin alone", () => {
  const window = Float64Array.of(0.7025, 0.7, 0.1, 0);
  const step = (settings: TtaCapSettings) =>
    new TtaCap({
      classes: [axis(0), axis(1)],
      prototypes: [[axis(3)], [window]],
      settings,
    }).step(window);
  const first = step(v1), second = step(v2);
  assert.deepEqual([first.predicted, first.gates.ambiguous, first.gates.prototype], [
    0,
    true,
    false,
  ]);
  assert.deepEqual([first.action, first.negativeCache.map(({ length }) => length)], ["negative", [
    1,
    0,
  ]]);
  assert.equal(second.action, "none");
  // Where the gate lets it pass, the second version keeps it under the class that it is least.
  const { negativeCache } = step({ ...v2, negativeGate: "margin" });
  assert.deepEqual(negativeCache.map(({ length }) => length), [0, 1]);
});

Deno.test("of equal numbers the first is the largest", () => {
  assert.equal(largestAt([1, 3, 3]), 1);
  assert.equal(largestAt([-1e9, -1e9]), 0);
});

Deno.test("a class that does not occur counts as 0 where all classes count", () => {
  assert.deepEqual(computeMetrics([1, 1], [1, 1]), { war: 1, uar: 1, f1: 1 });
  assert.deepEqual(computeMetrics([1, 1], [1, 1], 2), { war: 1, uar: 0.5, f1: 0.5 });
});
