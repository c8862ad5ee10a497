import assert from "node:assert/strict";
import { Rng } from "../numbers/rng.ts";
import { average } from "../numbers/vectors.ts";
import { type Jitter, jittered, learnJitter } from "../train/jitter.ts";
import type { Sample } from "../train/sample.ts";

const sample = (subject: string, label: number, ...features: number[]): Sample => ({
  id: `${subject}/${features}`,
  subject,
  label,
  key: `${subject}/${features}`,
  features: () => Promise.resolve(Float32Array.from(features)),
});

Deno.test("a resting face is as wrong as a person's neutral clips differ, less by their number", async () => {
  const train = [
    // Means of clips: 1 and 3, 10 and 14, so errors of -1, 1, -2, 2: a variance of 10 / 3.
    ...[sample("anna", 0, 0, 2), sample("anna", 0, 3, 3), sample("anna", 1, 900)],
    ...[sample("ben", 0, 10), sample("ben", 0, 14)],
    sample("a single neutral clip tells nothing", 0, 70),
  ];
  const usual = Float32Array.of(5);
  const { errors, gains } = await learnJitter(train, usual, { label: 0, count: 3 });
  assert.ok(Math.abs((errors[0] ?? NaN) ** 2 - 10 / 3 / 3) < 1e-12, `${errors}`);
  assert.deepEqual(gains, [0.5, 1.3]);
  const alone = [sample("anna", 0, 1), sample("ben", 0, 2)];
  const nothing = await learnJitter(alone, usual, { label: 0, count: 3 });
  assert.deepEqual([...nothing.errors], [0], "no number that is none");
});

Deno.test("a clip is moved by one error and stretched by one gain around the average neutral face", () => {
  const jitter: Jitter = {
    usual: Float32Array.of(5, -2),
    errors: Float64Array.of(2, 0, 3, 4),
    gains: [0.5, 1.3],
  };
  const clip = Float32Array.of(5, -2, 7, 1, 4, 0), rng = new Rng(3);
  const moved = Array.from({ length: 20_000 }, () => jittered(clip, jitter, rng));
  const gains = moved.map(([a = NaN, , b = NaN]) => (b - a) / 2); // the frames differ by 2
  for (const [i, one] of moved.entries()) {
    const gain = gains[i] ?? NaN, [x = NaN, y = NaN, , y1 = NaN, x2 = NaN] = one;
    assert.ok(gain > 0.5 - 1e-5 && gain < 1.3 + 1e-5);
    assert.ok(Math.abs(y1 - y - 3 * gain) < 1e-4, "the same gain for every number");
    assert.ok(Math.abs(x2 - x + gain) < 1e-4, "and every frame");
  }
  assert.ok(Math.abs(average(gains) - 0.9) < 0.01);
  // Without the gain, errors have the covariance of the factor: 4, 6 and 25.
  const errors = moved.map(([x = NaN, y = NaN], i) =>
    [(x - 5) / (gains[i] ?? NaN), (y + 2) / (gains[i] ?? NaN)] as const
  );
  const covariance = [[0, 0, 4], [0, 1, 6], [1, 1, 25]] as const;
  for (const [a, b, wanted] of covariance) {
    const got = average(errors.map((error) => error[a] * error[b]));
    assert.ok(Math.abs(got / wanted - 1) < 0.05, `${a}, ${b}: ${got}`);
  }
  assert.deepEqual(jittered(clip, jitter, new Rng(9)), jittered(clip, jitter, new Rng(9)));
});
