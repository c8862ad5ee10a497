import assert from "node:assert/strict";
import { measureAccuracy, tolerance, unitRoundoff } from "../engine/mod.ts";

Deno.test("measureAccuracy() gives squared errors over squared references", () => {
  assert.deepEqual(measureAccuracy([1, 2, 5], [1, 2, 4]), {
    nmse: 1 / 21,
    maxError: 1,
    firstMismatch: -1,
  });
  assert.deepEqual(measureAccuracy([], []), { nmse: 0, maxError: 0, firstMismatch: -1 });
});

Deno.test("measureAccuracy() wants NaN and each infinity where the reference has them", () => {
  const same = [NaN, Infinity, -Infinity, 1];
  assert.deepEqual(measureAccuracy(same, same), { nmse: 0, maxError: 0, firstMismatch: -1 });
  const mismatch = (got: number, want: number) =>
    measureAccuracy([1, got, NaN], [1, want, 2]).firstMismatch;
  for (
    const [got, want] of [[NaN, 1], [1, NaN], [Infinity, -Infinity], [NaN, Infinity], [1, Infinity]]
  ) {
    assert.equal(mismatch(got ?? 0, want ?? 0), 1, `${got} for ${want}`);
  }
  assert.equal(mismatch(1, 1), 2);
});

Deno.test("measureAccuracy() leaves infinities out of the sums", () => {
  const { nmse, maxError } = measureAccuracy([Infinity, 3], [Infinity, 2]);
  assert.equal(nmse, 1 / 4);
  assert.equal(maxError, 1);
});

Deno.test("measureAccuracy() of a reference of zeros is 0 when exact, and infinite otherwise", () => {
  assert.equal(measureAccuracy([0, -0], [0, 0]).nmse, 0);
  assert.equal(measureAccuracy([0, 1e-30], [0, 0]).nmse, Infinity);
});

Deno.test("measureAccuracy() refuses different lengths, and takes typed arrays", () => {
  assert.throws(() => measureAccuracy([1], [1, 2]), {
    name: "RangeError",
    message: "Cannot compare: got 1 elements, wanted 2",
  });
  assert.equal(measureAccuracy(Float32Array.of(0.1), Float64Array.of(0.1)).nmse < 1e-14, true);
});

Deno.test("tolerance() grows with the roundings, and with the square of one", () => {
  assert.equal(tolerance(0), 0);
  assert.equal(tolerance(10), 10 * 2 ** -48);
  assert.equal(tolerance(10, unitRoundoff.f16), 10 * 2 ** -22);
  for (
    const [unit, round] of [[unitRoundoff.f32, Math.fround], [
      unitRoundoff.f16,
      Math.f16round,
    ]] as const
  ) {
    // Ties go to even: half the distance to the next number after 1 is lost, a bit more is not.
    assert.equal(round(1 + unit), 1);
    assert.equal(round(1 + 1.01 * unit), 1 + 2 * unit);
  }
});
