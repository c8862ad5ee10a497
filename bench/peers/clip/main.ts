/**
 * `./autt bench:clip`: ViT-B/32 on made-up weights beside onnxruntime-node on the CPU, in one run
 * and taking turns.
 *
 * @module
 */
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
} from "../../../app/terminal/terminal.ts";
import { ClipCheckpoint } from "../../../model/clip/checkpoint.ts";
import { Clip } from "../../../model/clip/clip.ts";
import { clipName } from "../../../model/clip/config.ts";
import { packPrompts, readPosition } from "../../../model/clip/pack_prompts.ts";
import { TokenTable } from "../../../model/clip/token_table.ts";
import { auPromptsLike } from "../../au_prompt_lengths.ts";
import { effortOf, parseRounds, quickHelp, quickOption } from "../../effort.ts";
import { madeUpClip } from "../../made_up_clip.ts";
import { coreSeconds } from "../../measure.ts";
import { ClipOnnx } from "./clip_onnx.ts";
import { type LoadedModel, onnxruntimeVersion, openOnnxruntime } from "./onnxruntime.ts";

const help = `Compares ViT-B/32 with onnxruntime-node ${onnxruntimeVersion} on the CPU.

usage: ./autt bench:clip [options]
  --rounds N        repetitions, of which the least counts (default 5)
${quickHelp}
${deviceHelp}

16 images of 224 x 224 and the 46 Action Unit prompts, made-up weights, all in one run and taking
turns. A core-second is processor time over all threads.`;

/** One contender for one job. */
interface Contender {
  readonly name: string;
  run(): Promise<Float32Array>;
}

async function benchClip(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    rounds: { type: "string", default: "5" },
  }, help);
  const rounds = parseRounds(values.rounds), { model: config, frames } = effortOf(values);
  using device = await openNamed(values);
  using clip = await Clip.load(device, madeUpClip(config));
  await using opened = new AsyncDisposableStack();
  const others = async (model: Uint8Array, input: Float32Array, shape: readonly number[]) => {
    const contenders: Contender[] = [];
    for (const threads of [1, 2]) {
      const loaded: LoadedModel = opened.use(await openOnnxruntime(model, threads, input, shape));
      contenders.push({ name: `onnxruntime, ${threads} threads`, run: () => loaded.run() });
    }
    return contenders;
  };

  const { size } = config.image;
  const images = Array.from(
    { length: frames },
    (_, n) =>
      Uint8Array.from({ length: size * size * 4 }, (_, i) => Math.imul(i + n, 0x9e3779b1) >>> 24),
  );
  const checkpoint = new ClipCheckpoint(madeUpClip(config));
  console.log(clipName(config));
  await contend(`${frames} images`, rounds, [
    { name: "autt", run: () => clip.images.encode(images) },
    ...await others(
      await new ClipOnnx(checkpoint).image(frames),
      normalized(images),
      [frames, 3, size, size],
    ),
  ]);

  const prompts = auPromptsLike(config.text.vocabulary), read = prompts.map(readPosition);
  const whole = await embedPadded(checkpoint, prompts, config.text.context);
  const { width, context } = config.text;
  await contend(`${prompts.length} prompts`, rounds, [
    { name: "autt", run: () => clip.prompts.encode(prompts) },
    ...await others(
      await new ClipOnnx(checkpoint).text(context, read),
      whole,
      [prompts.length, context, width],
    ),
  ]);
  console.log(`peak of device memory: ${(device.pool.peakBytes / 2 ** 20).toFixed(0)} MiB`);
  return 0;
}

/** Runs all contenders in turns and prints the least cost of each, and ours as a share of theirs. */
async function contend(job: string, rounds: number, contenders: Contender[]): Promise<void> {
  const outputs: Float32Array[] = [], best = contenders.map(() => [Infinity, Infinity] as const);
  for (const contender of contenders) outputs.push(await contender.run()); // warms up as well
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const wall = performance.now(), cores = coreSeconds();
      await contender.run();
      const cost = [(performance.now() - wall) / 1000, coreSeconds() - cores] as const;
      const [leastWall = 0, leastCores = 0] = best[i] ?? [];
      best[i] = [Math.min(leastWall, cost[0]), Math.min(leastCores, cost[1])];
    }
  }
  console.log(
    `\n${job.padEnd(26)}${
      ["wall s", "core-s", "a second", "autt takes", "apart"].map((cell) => cell.padStart(12)).join(
        "",
      )
    }`,
  );
  const [ours = [0, 0]] = best, [ourOutput = new Float32Array()] = outputs;
  const count = parseInt(job);
  for (const [i, { name }] of contenders.entries()) {
    const [wall, cores] = best[i] ?? [0, 0], output = outputs[i] ?? new Float32Array();
    console.log(
      `${name.padEnd(26)}` + [
        wall.toFixed(3),
        cores.toFixed(3),
        (count / wall).toFixed(1),
        i === 0 ? "" : `${(ours[1] / cores).toFixed(2)}x`,
        i === 0 ? "" : distance(ourOutput, output).toExponential(1),
      ].map((cell) => cell.padStart(12)).join(""),
    );
  }
}

/** Relative distance of two results. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...b.map((x, i) => x - (a[i] ?? NaN))) / Math.hypot(...b);
}

/** What the others take: `[N, 3, R, R]`, the bytes normalised. */
function normalized(images: readonly Uint8Array[]): Float32Array {
  const mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711];
  return Float32Array.from(
    images.flatMap((image) =>
      [0, 1, 2].flatMap((c) =>
        Array.from(
          { length: image.length / 4 },
          (_, i) => ((image[4 * i + c] ?? 0) / 255 - (mean[c] ?? 0)) / (std[c] ?? 1),
        )
      )
    ),
  );
}

/** What the others take: every prompt at its full length. */
async function embedPadded(
  checkpoint: ClipCheckpoint,
  prompts: readonly number[][],
  context: number,
): Promise<Float32Array> {
  const table = await TokenTable.open(checkpoint), { width } = checkpoint.config.text;
  const whole = new Float32Array(prompts.length * context * width);
  for (const [n, prompt] of prompts.entries()) {
    const x = await table.embed(packPrompts([prompt], 0, prompt.length, 1));
    whole.set(x, n * context * width);
  }
  return whole;
}

if (import.meta.main) await runCommand(benchClip, Deno.args);
