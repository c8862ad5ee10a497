import {
  type Device,
  type Outputs,
  type Plan,
  record,
  type Recorder,
  trace,
  Weights,
} from "../engine/mod.ts";
import { adamwCorrection, normalize } from "../kernels/mod.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import { type ClipConfig, clipName } from "../model/clip/config.ts";
import { imageTower, loadImageTower } from "../model/clip/image_tower.ts";
import { countRows, packPrompts, sharedTokens } from "../model/clip/pack_prompts.ts";
import { loadTextTower, textTower } from "../model/clip/text_tower.ts";
import { WeightLoader } from "../model/clip/weights.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import { auPromptsLike } from "./au_prompt_lengths.ts";
import type { Ceilings } from "./ceilings.ts";
import type { Effort } from "./effort.ts";
import { madeUpClip } from "./made_up_clip.ts";
import { madeUpStep, madeUpTuning } from "./made_up_tuning.ts";
import { measure, type Measurement } from "./measure.ts";

/** What one kind of step takes in a model: all its dispatches together. */
export interface Stage {
  readonly name: string;
  readonly steps: number;
  readonly seconds: number;
}

/** A model at work. */
export interface ModelRow extends Measurement {
  readonly name: string;
  /** Images or prompts in a run. */
  readonly count: number;
  /** By the device's own clock; none where it has no timestamps. */
  readonly stages: readonly Stage[];
  /** Floating-point operations of a run. */
  readonly flops: number;
  /** The most device memory that was ever allocated, in bytes. */
  readonly peakBytes: number;
}

/** Times a CLIP on made-up weights: both towers, then a step of tuning in every mode. */
export async function* measureModels(device: Device, effort: Effort): AsyncGenerator<ModelRow> {
  const { model: config, frames, roundSeconds } = effort;
  yield* measureImages(device, config, [frames], roundSeconds);
  yield* measureImages(device, config, [frames], roundSeconds, "f16");
  yield await measurePrompts(device, config, roundSeconds);
  yield* measureTuning(device, config, roundSeconds);
}

/** Times an image tower on so many images at once, for each of the counts. */
export async function* measureImages(
  device: Device,
  config: ClipConfig,
  counts: readonly number[],
  roundSeconds: number,
  store: "f32" | "f16" = "f32",
): AsyncGenerator<ModelRow> {
  using weights = new Weights(device);
  const load = new WeightLoader(weights, new ClipCheckpoint(madeUpClip(config)), { store });
  const image = await loadImageTower(load, config);
  const { size } = config.image, name = clipName(config) + (store === "f16" ? " f16 weights" : "");
  for (const frames of counts) {
    yield await measureModel(device, `${name}, ${frames} images`, frames, (r) => {
      const pixels = r.input("pixels", [frames, size, size, 4], "u8");
      return imageTower(r, image, config, normalize(r, pixels));
    }, {
      pixels: Uint8Array.from(
        { length: frames * size * size * 4 },
        (_, i) => Math.imul(i, 0x9e3779b1) >>> 24,
      ),
    }, roundSeconds);
  }
}

/** Times a text tower on prompts like the 46 of the Action Units. */
export async function measurePrompts(
  device: Device,
  config: ClipConfig,
  roundSeconds: number,
): Promise<ModelRow> {
  using weights = new Weights(device);
  const load = new WeightLoader(weights, new ClipCheckpoint(madeUpClip(config)));
  const text = await loadTextTower(load, config);
  const prompts = auPromptsLike(config.text.vocabulary), count = prompts.length;
  const shared = sharedTokens(prompts), rows = countRows(prompts, shared);
  const { ranges, read, readRanges } = packPrompts(prompts, shared, rows, count),
    { width } = config.text;
  return await measureModel(
    device,
    `${clipName(config)}, ${count} prompts`,
    count,
    (r) =>
      textTower(r, text, config, {
        shared,
        x: r.input("x", [1, rows, width]),
        sight: { ranges: r.input("ranges", [1, rows, 2], "u32") },
        read: r.input("read", [1, count], "u32"),
        readSight: { ranges: r.input("readRanges", [1, count, 2], "u32") },
      }),
    {
      x: Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
      ranges,
      read,
      readRanges,
    },
    roundSeconds,
  );
}

/** Times a step of tuning on one clip of 20 frames, whose windows are embedded, in every mode. */
export async function* measureTuning(
  device: Device,
  config: ClipConfig,
  roundSeconds: number,
): AsyncGenerator<ModelRow> {
  using weights = new Weights(device);
  const made = await madeUpTuning(device, weights, config);
  for (const settings of Object.values(tuningModes)) {
    using step = await madeUpStep(made, settings);
    const { tuner, clips, start: { context, m, v } } = step, [{ embeddings }] = clips;
    const inputs = { context, windows: embeddings };
    yield await measureModel(
      device,
      `tuning step (${settings.mode}), ${tuner.contextShape[0]} prompts, ${tuner.layout.rows} rows`,
      1,
      (r) => tuner.recordStep(r, clips),
      settings.keepMoments ? { ...inputs, m, v, correction: adamwCorrection(1) } : inputs,
      roundSeconds,
    );
  }
}

async function measureModel(
  device: Device,
  name: string,
  count: number,
  model: (r: Recorder) => Outputs,
  inputs: Readonly<
    Record<string, Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>>
  >,
  roundSeconds: number,
): Promise<ModelRow> {
  using plan = await record(device, model);
  for (const [input, data] of Object.entries(inputs)) plan.write(input, data);
  const measured = await measure(device, () => plan.run(), roundSeconds);
  const stages = device.adapter.timestamps ? await findStages(device, plan) : [];
  const flops = plan.steps.reduce((sum, { cost }) => sum + cost.flops, 0);
  return { name, count, ...measured, stages, flops, peakBytes: device.pool.peakBytes };
}

/** The steps of a plan by what they do, the dearest first. */
async function findStages(device: Device, plan: Plan): Promise<Stage[]> {
  await trace(device, plan); // compiles what the driver left for the first run
  const steps = await trace(device, plan);
  const stages = [...Map.groupBy(steps, ({ label }) => label)].map(([name, rows]) => ({
    name,
    steps: rows.length,
    seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
  return stages.sort((a, b) => b.seconds - a.seconds);
}

/** A model's figures, then its stages. */
export function formatModel(row: ModelRow, ceilings: Ceilings): string {
  const { name, count, seconds, coreSeconds, stages, flops, peakBytes } = row;
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const products = stages.filter((stage) => stage.name.startsWith("matmul"))
    .reduce((sum, stage) => sum + stage.seconds, 0);
  const rest = `${(100 * (1 - products / total)).toFixed(1)} % of it outside matmul`;
  return [
    `${name}: ${(1000 * seconds).toFixed(0)} ms, ${coreSeconds.toFixed(2)} core-s, ` +
    `${(count / seconds).toFixed(count > 1 ? 1 : 2)} a second, ${
      (flops / 1e9).toFixed(1)
    } GFLOP at ` +
    `${
      (100 * flops / seconds / ceilings.flops).toFixed(0)
    } % of the ceiling, peak of device memory ` +
    `${(peakBytes / 2 ** 20).toFixed(0)} MiB${total > 0 ? `, ${rest}` : ""}`,
    ...stages.map((stage) =>
      `  ${stage.name.padEnd(64)}${`${stage.steps} x`.padStart(5)}` +
      `${(1000 * stage.seconds).toFixed(1).padStart(9)} ms` +
      `${(100 * stage.seconds / total).toFixed(1).padStart(6)} %`
    ),
  ].join("\n");
}
