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

Deno.test("smaller heads begin with signals as large as those of the released ones", () => {
  const head = drawHead("fc", reducedSizes, 2, new Rng(1));
  // What a layer multiplies the size of its inputs by: its deviation times the root of their number.
  const gains = [
    ["fc1", head.get("fc.fc1.weight"), 256, 0.02 * Math.sqrt(8192)],
    ["fc2", head.get("fc.fc2.weight"), 128, 0.02 * Math.sqrt(1024)],
  ] as const;
  for (const [name, weight, inputs, wanted] of gains) {
    const gain = deviationOf(weight?.numbers as Float32Array) * Math.sqrt(inputs);
    assert.ok(Math.abs(gain / wanted - 1) < 0.05, `${name}: ${gain}, wanted ${wanted}`);
  }
});

Deno.test("a smaller decoder has He's initialisation: noise without weight, small residual blocks, grey pictures", () => {
  const decoder = drawDecoder("dec", reducedSizes, new Rng(1));
  const { channels } = reducedSizes, window = 9;
  const first = decoder.get("dec.emb1.0.weight");
  assert.ok(first);
  const [outputs = 0, inputs = 0] = first.shape;
  const heard = new Float32Array(outputs * 2 * channels * window);
  for (let output = 0; output < outputs; output++) {
    const row = first.numbers.subarray(output * inputs * window, (output + 1) * inputs * window);
    heard.set(row.subarray(0, 2 * channels * window), output * 2 * channels * window);
    assert.ok(row.subarray(2 * channels * window).every((x) => x === 0), "noise is heard");
  }
  const gains = [
    ["emb1", heard, inputs * window, 1],
    ["emb2", decoder.get("dec.emb2.3.infer.0.weight")?.numbers, channels * window, 0.1],
    // In twice the sides, a pixel is in four of sixteen windows of each channel.
    ["us1", decoder.get("dec.us1.0.weight")?.numbers, channels * 4, 1],
    ["us4", decoder.get("dec.us4.0.weight")?.numbers, channels * 4, 1],
    ["us5", decoder.get("dec.us5.0.weight")?.numbers, channels / 2 * window, 0.1],
  ] as const;
  for (const [name, numbers, summed, share] of gains) {
    const gain = deviationOf(numbers as Float32Array) * Math.sqrt(summed / 2);
    // 216 numbers, of the smallest one, have a standard error of 5 %.
    assert.ok(Math.abs(gain / share - 1) < 0.2, `${name}: ${gain}, wanted ${share}`);
  }
  const released = drawDecoder("dec", { ...releasedSizes, noise: 8 }, new Rng(1));
  const numbers = released.get("dec.us3.0.weight")?.numbers as Float32Array;
  assert.ok(Math.abs(deviationOf(numbers) - 0.02) < 2e-4);
});
