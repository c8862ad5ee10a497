import assert from "node:assert/strict";
import {
  average,
  dot,
  entropyOf,
  framesOf,
  largestAt,
  largestPlaces,
  meanDirection,
  meanOf,
  softmax,
  squaredDistance,
  unit,
  unitRows,
  weightedSum,
} from "../numbers/vectors.ts";

const near = (got: ArrayLike<number>, wanted: readonly number[]) =>
  assert(
    got.length === wanted.length &&
      wanted.every((x, i) => Math.abs(x - (got[i] as number)) < 1e-12),
    `${Array.from(got)} for ${wanted}`,
  );

Deno.test("vectors are summed in float64, and zeros have no direction", () => {
  assert.equal(dot(Float32Array.of(2 ** 24, 1), Float32Array.of(1, 1)), 2 ** 24 + 1);
  near(unit(Float32Array.of(3, 4)), [0.6, 0.8]);
  assert.deepEqual(unit(new Float32Array(2)), new Float64Array(2));
  near(weightedSum(2, [Float32Array.of(1, 2), Float32Array.of(3, 4)], [2, -1]), [-1, 0]);
  assert.deepEqual(weightedSum(2, [], []), new Float64Array(2));
  near(meanOf([Float32Array.of(1, 2), Float32Array.of(3, 6)]), [2, 4]);
  assert.equal(squaredDistance(Float32Array.of(1, 2), Float32Array.of(4, 6)), 25);
});

Deno.test("a clip is rows of one width, one at least", () => {
  assert.equal(framesOf(new Float32Array(6), 3), 2);
  for (const clip of [new Float32Array(5), new Float32Array(0)]) {
    assert.throws(() => framesOf(clip, 3), { message: /wanted 3 for each frame/ });
  }
  const rows = unitRows(Float32Array.of(2, 0, 0, 5), 2);
  near(rows[0] ?? [], [1, 0]);
  near(rows[1] ?? [], [0, 1]);
  // Each row counts as much, however long it is.
  near(meanDirection(Float32Array.of(2, 0, 0, 5), 2), [Math.SQRT1_2, Math.SQRT1_2]);
});

Deno.test("of equal numbers the first is the largest", () => {
  assert.equal(largestAt([1, 3, 3]), 1);
  assert.equal(largestAt(Float32Array.of(-2, -1)), 1);
  assert.deepEqual(largestPlaces([1, 3, 2, 3], 3), [1, 3, 2]);
  assert.equal(average([1, 2, 6]), 3);
  assert(Number.isNaN(average([])));
});

Deno.test("a softmax of large logits is finite, and entropy takes zeros", () => {
  near(softmax([1000, 1000]), [0.5, 0.5]);
  near(softmax(Float32Array.of(0, 1), Math.log(3)), [0.25, 0.75]);
  near([entropyOf([0.5, 0.5]), entropyOf(Float64Array.of(1, 0))], [Math.LN2, 0]);
});
