import assert from "node:assert/strict";
import sharp from "sharp";
import { unitChart } from "../app/infer/report/heat_map.ts";
import type { Analysis } from "../person/analyse.ts";
import { readUnits } from "../person/unit_readings.ts";

/** An analysis of so many frames, ten a second, in which each unit has a reading of its own in each frame. */
function analysisOf(frames: number, reading: (frame: number, unit: number) => number): Analysis {
  const prompts = ["brow lowered", "eyes closed", "nose wrinkled"];
  const units = Float32Array.from(
    { length: frames * prompts.length },
    (_, i) => reading(Math.floor(i / prompts.length), i % prompts.length),
  );
  const seen = Array.from({ length: frames }, (_, index) => ({ index, seconds: index / 10 }));
  return { seen, readings: readUnits(units, prompts) } as unknown as Analysis;
}

/** The chart's picture: its bytes, three for a pixel, and its sides. */
async function pictureIn(chart: string) {
  const encoded = /href="data:image\/png;base64,([^"]+)"/.exec(chart)?.[1] ?? "";
  const { data, info } = await sharp(Buffer.from(encoded, "base64")).removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) => [...data.subarray(3 * (y * info.width + x))].slice(0, 3);
  return { ...info, pixel };
}

Deno.test("a heat map shows each unit in its row, darkest where it is most", async () => {
  // The second unit is strong in the second half of the video alone.
  const chart = await unitChart(
    analysisOf(40, (frame, unit) => unit === 1 && frame >= 20 ? 1 : 0.1),
    "present",
  );
  const { width, height, pixel } = await pictureIn(chart);
  assert.equal(height, 3);
  const lightness = (x: number, y: number) => pixel(x, y).reduce((sum, byte) => sum + byte, 0);
  const early = Math.floor(width / 4), late = Math.floor(3 * width / 4);
  assert.ok(lightness(late, 1) < lightness(early, 1) - 300, "the strong half is not darker");
  assert.equal(lightness(late, 0), lightness(early, 0));
  assert.equal(lightness(late, 2), lightness(early, 1));
});

Deno.test("more than usual is red, less is blue", async () => {
  const chart = await unitChart(
    analysisOf(10, (frame) => frame < 5 ? 0 : 1),
    "moreThanUsual",
  );
  const { width, pixel } = await pictureIn(chart);
  const [less, more] = [pixel(0, 0), pixel(width - 1, 0)];
  assert.ok((less[2] ?? 0) > (less[0] ?? 0) + 50, `less than usual is ${less}`);
  assert.ok((more[0] ?? 0) > (more[2] ?? 0) + 50, `more than usual is ${more}`);
});

Deno.test("the page of a long video is not larger than that of a short one", async () => {
  const noisy = (frame: number, unit: number) => (frame * 7919 + unit * 104729) % 1000 / 1000;
  const [short, long] = await Promise.all(
    [250, 30_000].map((frames) => unitChart(analysisOf(frames, noisy), "present")),
  );
  assert.ok((long?.length ?? 0) < 1.2 * (short?.length ?? 0));
  assert.ok((long?.length ?? 0) < 60_000);
});
