/**
 * What kernels work out on the host and their cases take for granted: `./autt mutate` runs these for
 * every change of TypeScript.
 */
import assert from "node:assert/strict";
import { openDevice, Recorder, Weights } from "../engine/mod.ts";
import { adamwCorrection, adamwDefaults } from "../kernels/adamw/adamw.ts";
import { countPairs, rangesOf } from "../kernels/attention/packed_ranges.ts";
import { seenBy } from "../kernels/attention/seen_by.ts";
import { conv1dWeight } from "../kernels/conv1d/conv1d.ts";
import { centerCrop } from "../kernels/crop/crop.ts";
import { grid } from "../kernels/grid.ts";
import { placeOf } from "../kernels/letterbox/letterbox.ts";
import { ceilPads, maxPool } from "../kernels/max_pool/max_pool.ts";
import { batchNorm } from "../kernels/batch_norm/batch_norm.ts";
import { packMatrix } from "../kernels/mod.ts";
import { instanceNorm } from "../kernels/instance_norm/instance_norm.ts";
import { clipColors } from "../kernels/normalize/normalize.ts";
import { computeTaps } from "../kernels/resize/resize.ts";

Deno.test("a grid has no row longer than every device allows, and few workgroups too many", () => {
  assert.deepEqual(grid(1), [1, 1]);
  assert.deepEqual(grid(65535), [65535, 1]);
  assert.deepEqual(grid(65536), [32768, 2]);
  assert.deepEqual(grid(131071), [43691, 3]);
  assert.deepEqual(grid(7, 3), [3, 3]);
});

Deno.test("ceiling pads let the last window hang over, as PyTorch's ceil_mode has it", () => {
  const recorder = new Recorder();
  // PyTorch 2: MaxPool2d(window, stride, ceil_mode=True) of these sides.
  for (
    const [side, window, stride, wanted] of [
      [5, 3, 2, 2],
      [6, 3, 2, 3],
      [7, 2, 2, 4],
      [8, 2, 2, 4],
      [9, 3, 1, 7],
      [11, 3, 3, 4],
    ] as const
  ) {
    const x = recorder.input(`${side} ${window} ${stride}`, [1, side, side + stride, 1]);
    const padding = ceilPads(x, window, stride);
    const y = maxPool(recorder, x, { window, stride, padding });
    assert.deepEqual(y.shape, [1, wanted, wanted + 1, 1]);
  }
});

Deno.test("a Conv1d's weight is the matrix by the steps' neighbours", () => {
  // [N, D, 3]: the digits are output, input and tap.
  const weight = Float32Array.from(
    [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]].flatMap(([n = 0, d = 0]) =>
      [0, 1, 2].map((tap) => 100 * n + 10 * d + tap)
    ),
  );
  assert.deepEqual(
    [...conv1dWeight(weight, [3, 2])],
    // A row for each tap and input, a column for each output.
    [[0, 100, 200], [10, 110, 210], [1, 101, 201], [11, 111, 211], [2, 102, 202], [12, 112, 212]]
      .flat(),
  );
  assert.throws(() => conv1dWeight(weight, [2, 2]), {
    message: "Cannot arrange a Conv1d weight: got 18 numbers: wanted [2, 2, 3]",
  });
});

Deno.test("the crop of the centre rounds half a pixel to the even side", () => {
  const top = (height: number) => centerCrop(height, 20, 10).top;
  assert.deepEqual([10, 11, 12, 13, 14, 15, 17, 19].map(top), [0, 0, 1, 2, 2, 2, 4, 4]);
  const { left, height, width } = centerCrop(12, 17, 4);
  assert.deepEqual([left, height, width], [6, 4, 4]);
  assert.throws(() => centerCrop(9, 12, 10), /must be at least 10 x 10: got 9 x 12/);
  assert.throws(() => centerCrop(12, 9, 10), /must be at least 10 x 10: got 12 x 9/);
});

Deno.test("a letterbox puts a picture in the middle, the larger half of what is left at the end", () => {
  assert.deepEqual(placeOf(5, 8, 8), { top: 1, left: 0 });
  assert.deepEqual(placeOf(8, 3, 8), { top: 0, left: 2 });
});

Deno.test("AdamW's constants and corrections are those of Adam's paper", () => {
  assert.deepEqual(adamwDefaults, { rate: 1e-3, betas: [0.9, 0.999], eps: 1e-8, decay: 1e-4 });
  assert.deepEqual([...adamwCorrection(1)], [1 / (1 - 0.9), 1 / (1 - 0.999)].map(Math.fround));
  assert.deepEqual(
    [...adamwCorrection(3, { betas: [0.5, 0.8] })],
    [1 / (1 - 0.125), 1 / (1 - 0.512)].map(Math.fround),
  );
});

Deno.test("CLIP's colours are those that it was trained with", () => {
  assert.deepEqual(clipColors, {
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  });
});

Deno.test("a resize weighs pixels by PIL's filters, in units of 2^-22", () => {
  const unit = 2 ** 22;
  assert.deepEqual(computeTaps(2, 4, "bilinear"), [
    { start: 0, weights: [unit] },
    { start: 0, weights: [0.75 * unit, 0.25 * unit] },
    { start: 0, weights: [0.25 * unit, 0.75 * unit] },
    { start: 1, weights: [unit] },
  ]);
  // Where an image shrinks, a filter widens: a triangle over four pixels, cut off at the edges.
  assert.deepEqual(computeTaps(4, 2, "bilinear"), [
    { start: 0, weights: [3, 3, 1].map((share) => Math.round(share * unit / 7)) },
    { start: 1, weights: [1, 3, 3].map((share) => Math.round(share * unit / 7)) },
  ]);
  // Keys' cubic with a = -1/2 at 1.25, 0.25, 0.75 and 1.75 of a pixel, which sum to one.
  const cubic = [-9, 111, 29, -3].map((share) => share * unit / 128);
  assert.deepEqual(computeTaps(4, 8, "bicubic")[3], { start: 0, weights: cubic });
});

Deno.test("packed sequences see what they share and themselves, up to their own place", () => {
  // Two positions that all share, then a sequence of two and one of one.
  const ranges = rangesOf([2, 1], false, 2);
  assert.deepEqual(ranges, [[0, 1], [0, 2], [2, 3], [2, 4], [4, 5]]);
  assert.deepEqual(rangesOf([2, 1], true, 2), [[2, 4], [4, 5]]);
  assert.equal(countPairs(ranges, 2), 1 + 2 + (2 + 1) + (2 + 2) + (2 + 1));
  // For each key the first query that sees it, and the one after the last.
  assert.deepEqual(
    [...seenBy(Uint32Array.from(ranges.flat()), 5, 2)],
    [[0, 5], [1, 5], [2, 4], [3, 4], [4, 5]].flat(),
  );
});

Deno.test("norms add PyTorch's eps to a variance where none is given", () => {
  const recorder = new Recorder();
  instanceNorm(recorder, recorder.input("picture", [1, 2, 2, 3]));
  batchNorm(recorder, recorder.input("sequences", [1, 2, 3]));
  const eps = recorder.applications.map(({ attrs }) => (attrs as { eps: number }).eps);
  assert.deepEqual(eps, [1e-5, 1e-5]);
});

Deno.test("only a matrix is packed, with as many numbers as it has", async () => {
  using device = await openDevice();
  using weights = new Weights(device);
  const pack = (shape: number[], count: number) =>
    packMatrix(weights, "w", shape as [number, number], new Float32Array(count));
  await assert.rejects(
    pack([4, 3], 11),
    /Cannot pack "w": got 11 numbers: wanted a matrix \[4, 3\]/,
  );
  await assert.rejects(pack([2, 2, 3], 12), /Cannot pack "w"/);
  await assert.rejects(pack([12], 12), /Cannot pack "w"/);
});
