import assert from "node:assert/strict";
import { calmestStretch } from "../model/clip_au/calmest_stretch.ts";
import { calmMean, FoundRest, type RestFinder } from "../model/clip_au/rest.ts";
import { Centring } from "../person/centring.ts";
import { learnRest, shrunkCovariance } from "../model/clip_au/learn_rest.ts";
import type { Sample } from "../train/sample.ts";
import { cholesky, solveSymmetric } from "../numbers/cholesky.ts";
import { Rng } from "../numbers/rng.ts";
import { rejection } from "./fakes.ts";

const width = 4;

/** Frames `[T, 4]` around a resting face; strength moves the first number, as an expression does. */
function clipOf(rest: readonly number[], strengths: readonly number[], rng: Rng) {
  return Float32Array.from(
    strengths.flatMap((strength) =>
      rest.map((x, i) => x + (i === 0 ? strength : 0) + 0.01 * rng.normal())
    ),
  );
}

/** People at various rests, with a neutral clip and one that begins calm and ends in an expression. */
function people(count: number): Sample[] {
  const rng = new Rng(5);
  return Array.from({ length: count }, (_, person) => {
    const rest = Array.from({ length: width }, () => rng.normal());
    const rows = [[0, 0, 0, 0], [0.1, 1, 2, 3]];
    return rows.map((strengths, label): Sample => {
      const features = clipOf(rest, strengths, rng);
      const id = `${person}/${label}`;
      return {
        id,
        subject: `${person}`,
        label,
        key: id,
        features: () => Promise.resolve(features),
      };
    });
  }).flat();
}

Deno.test("learning how people rest finds the direction of their expressions, and the offset of calm", async () => {
  const finder = await learnRest(people(40), width);
  const [along = NaN, ...across] = finder.direction;
  assert.ok(along > 0.99 && across.every((x) => Math.abs(x) < 0.1), `${finder.direction}`);
  assert.equal(finder.frames, 4);
  assert.ok(finder.offset.every((x) => Math.abs(x) < 0.02), `${finder.offset}`);
  const onlyNeutral = people(3).filter(({ label }) => label === 0);
  const { message } = await rejection(learnRest(onlyNeutral, width));
  assert.match(message, /nobody has both a neutral clip and one of another class/);
});

Deno.test("a resting face is the mean of the calm quarter, less the offset, with a prior of one clip", () => {
  const finder: RestFinder = {
    direction: Float32Array.of(1, 0),
    offset: Float32Array.of(0.5, 0),
    frames: 4,
  };
  const found = new FoundRest(finder, Float32Array.of(10, 10));
  assert.deepEqual([...found.mean()], [10, 10], "nothing seen");
  // 8 frames are two clips; the calmest three have a mean of [1, 1].
  found.see(Float32Array.of(9, 5, 0, 1, 1, 1, 8, 5));
  found.see(Float32Array.of(2, 1, 9, 5, 9, 5, 9, 5));
  assert.deepEqual([...found.mean()], [(10 + 2 * 0.5) / 3, (10 + 2 * 1) / 3].map(Math.fround));
  assert.equal(found.frames, 8);
  found.forget();
  assert.deepEqual([...found.mean()], [10, 10]);
  assert.deepEqual([...calmMean([Float32Array.of(4, 2)], finder.direction)], [4, 2], "one frame");
});

Deno.test("frames of many hours are thinned evenly, so memory is flat", () => {
  const finder = { direction: Float32Array.of(1), offset: Float32Array.of(0), frames: 1 };
  const found = new FoundRest(finder, Float32Array.of(0));
  const ramp = Float32Array.from({ length: 100_000 }, (_, i) => i / 100_000);
  for (let i = 0; i < ramp.length; i += 1000) found.see(ramp.subarray(i, i + 1000));
  // The calmest quarter of an even ramp has the mean 1/8, whatever was dropped.
  assert.ok(Math.abs((found.mean()[0] ?? NaN) - 1 / 8) < 1e-3, `${found.mean()[0]}`);
});

Deno.test("the calmest stretch is the one with the lowest mean, or all of a short video", () => {
  const direction = Float32Array.of(1);
  const features = Float32Array.of(5, 1, 9, 2, 2, 3, 0, 9);
  const seconds = [0, 1, 2, 3, 4, 5, 6, 7];
  const find = (length: number) => calmestStretch(features, seconds, { direction }, length);
  assert.deepEqual(find(2), { first: 4, last: 6 });
  assert.deepEqual(find(100), { first: 0, last: 7 });
  assert.deepEqual(find(0), { first: 6, last: 6 });
});

Deno.test("a few calm frames beside a gap are no stretch", () => {
  const direction = Float32Array.of(1);
  const features = Float32Array.of(1, 5, 5, 2, 2, 2, 9, 9);
  const seconds = [0, 10, 11, 12, 13, 14, 15, 16];
  const found = calmestStretch(features, seconds, { direction }, 2.5);
  assert.deepEqual(found, { first: 3, last: 5 }, "the frame at 0 s is calmer, and alone");
  assert.throws(
    () => calmestStretch(features, [0, 1], { direction }, 1),
    /8 frames with 2 times: wanted one time for each/,
  );
});

Deno.test("features are centred by a told rest, else by one that is found, else not at all", () => {
  const neutral = Float32Array.of(1), features = Float32Array.of(3, 3, 3, 3);
  const rest = { direction: Float32Array.of(1), offset: Float32Array.of(0), frames: 4 };
  const told = new Centring({ neutral, rest }, { mean: Float32Array.of(2), frames: 1 });
  assert.deepEqual([...told.next(features)], [2, 2, 2, 2]);
  assert.deepEqual(told.source, { from: "enrolled" });
  const found = new Centring({ neutral, rest });
  assert.deepEqual([...found.next(features)], [2, 2, 2, 2], "found 2: between 3 and the usual 1");
  assert.deepEqual(found.source, { from: "found", frames: 4 });
  const old = new Centring({ neutral });
  assert.deepEqual([old.next(features), old.source], [features, { from: "average" }]);
  assert.deepEqual(new Centring({ neutral, rest }, undefined, false).source, { from: "average" });
  assert.deepEqual(new Centring({}).source, { from: "unused" });
});

Deno.test("a covariance is inverted by its Cholesky factor", () => {
  const matrix = Float64Array.of(4, 2, 2, 3), right = Float64Array.of(2, 5);
  assert.deepEqual([...cholesky(matrix)], [2, 0, 1, Math.sqrt(2)]);
  const [x = NaN, y = NaN] = solveSymmetric(matrix, right);
  assert.ok(Math.abs(4 * x + 2 * y - 2) < 1e-12 && Math.abs(2 * x + 3 * y - 5) < 1e-12);
  const rows = [[1, 2], [3, 5], [2, 8]].map((row) => Float64Array.from(row));
  // By hand: variances 1 and 9, covariance 1.5; a tenth is made round, with the mean variance of 5.
  const shrunk = [...shrunkCovariance(rows, 2, 0.1)].map((x) => Number(x.toFixed(9)));
  assert.deepEqual(shrunk, [1.4, 1.35, 1.35, 8.6]);
});
