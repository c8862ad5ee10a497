import type { Device } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { findTemporalSizes } from "../../model/temporal_transformer/weights.ts";
import { TemporalTransformer } from "../../model/temporal_transformer/temporal_transformer.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { RowWriter } from "./row_writer.ts";

const prefix = "weights/";

/** Runs the temporal transformer of `temporal.safetensors` on windows and on single frames. */
export async function compareTemporal(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  using file = await set.tensors("temporal.safetensors");
  const rows = new RowWriter(report, "tta-cap: temporal: ");
  const frames = Float32Array.from(await numbersOf(file, "x"));
  const [windows = 0, length = 0, width = 0] = file.tensors.get("x")?.shape ?? [];
  const wanted = await numbersOf(file, "y");
  const heads = await findHeads(device, file, frames, length, wanted);
  using transformer = await TemporalTransformer.load(device, file, { prefix, heads });
  rows.tensor(`y, with ${heads} heads`, await transformer.embed(frames, length), wanted);
  if (file.tensors.has("y_single_frame")) {
    const size = length * width;
    const firsts = Array.from(
      { length: windows },
      (_, w) => [...frames.subarray(w * size, w * size + width)],
    );
    rows.tensor(
      "y_single_frame",
      await transformer.embed(Float32Array.from(firsts.flat()), 1),
      await numbersOf(file, "y_single_frame"),
    );
  }
  rows.unknown(
    [...file.tensors.keys()].filter((name) =>
      !name.startsWith(prefix) && !["x", "y", "y_single_frame"].includes(name)
    ),
  );
}

/**
 * The number of heads, which neither the set nor its tensors tell: the one with the nearest result. A
 * wrong model is wrong with any number.
 */
async function findHeads(
  device: Device,
  file: TensorFile,
  frames: Float32Array,
  length: number,
  wanted: Float64Array,
): Promise<number> {
  const { inner } = findTemporalSizes(file, prefix, 1);
  let best = 1, least = Infinity;
  for (let heads = 1; heads <= inner; heads++) {
    if (inner % heads !== 0 || inner / heads > 256) continue;
    using transformer = await TemporalTransformer.load(device, file, { prefix, heads });
    const got = await transformer.embed(frames, length);
    const error = got.reduce((sum, x, i) => sum + (x - (wanted[i] ?? NaN)) ** 2, 0);
    if (error < least) [best, least] = [heads, error];
  }
  return best;
}
