import assert from "node:assert/strict";
import {
  drawDecoder,
  drawHead,
  reducedSizes,
  releasedSizes,
} from "../model/dsfda/draw_parameters.ts";
import { Rng } from "../numbers/rng.ts";

/** The standard deviation of numbers around 0. */
function deviationOf(numbers: Float32Array): number {
  return Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);
}

Deno.test("the released sizes begin as the authors' do, with a deviation of 0.02", () => {
  const head = drawHead("fc", { ...releasedSizes, side: 32 }, 2, new Rng(1));
  assert.ok(
    Math.abs(deviationOf(head.get("fc.fc2.weight")?.numbers as Float32Array) - 0.02) < 2e-4,
  );
});

Deno.test("smaller networks begin with signals as large as those of the released ones", () => {
  const head = drawHead("fc", reducedSizes, 2, new Rng(1));
  const decoder = drawDecoder("dec", reducedSizes, new Rng(1));
  // What a layer multiplies the size of its inputs by: its deviation times the root of their number.
  const gains = [
    ["fc1", head.get("fc.fc1.weight"), 256, 0.02 * Math.sqrt(8192)],
    ["fc2", head.get("fc.fc2.weight"), 128, 0.02 * Math.sqrt(1024)],
    ["emb1", decoder.get("dec.emb1.0.weight"), 9 * 64, 0.02 * Math.sqrt(9 * 512)],
    ["us5", decoder.get("dec.us5.0.weight"), 9 * 8, 0.02 * Math.sqrt(9 * 64)],
  ] as const;
  for (const [name, weight, inputs, wanted] of gains) {
    const gain = deviationOf(weight?.numbers as Float32Array) * Math.sqrt(inputs);
    // 216 numbers, of the smallest one, have a standard error of 5 %.
    assert.ok(Math.abs(gain / wanted - 1) < 0.2, `${name}: ${gain}, wanted ${wanted}`);
  }
});
