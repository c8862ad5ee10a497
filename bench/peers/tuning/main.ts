/**
 * `./autt bench:tuning`: a step of prompt tuning on ViT-B/32's text tower with made-up weights beside
 * PyTorch on one thread of the CPU, in one run and taking turns.
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
import { type Device, type Plan, record, Weights } from "../../../engine/mod.ts";
import { encodeSafetensors, type TensorToWrite } from "../../../io/tensors/write_safetensors.ts";
import { adamwCorrection } from "../../../kernels/mod.ts";
import { clipShapes } from "../../../model/clip/tensor_shapes.ts";
import { headShapes } from "../../../model/clip_au/head_parameters.ts";
import type { StepTensors } from "../../../tta/clip_autt/tuning_step.ts";
import { tuningModes, type TuningSettings } from "../../../tta/clip_autt/tuning_settings.ts";
import { effortOf, parseRounds, quickHelp, quickOption } from "../../effort.ts";
import {
  type MadeUpStep,
  madeUpStep,
  type MadeUpTuning,
  madeUpTuning,
} from "../../made_up_tuning.ts";
import { coreSeconds } from "../../measure.ts";
import { startPython } from "../python_peer.ts";
import { takeTurns, type Times } from "../take_turns.ts";

const help = `Compares a step of prompt tuning with PyTorch on one thread of the CPU.

usage: ./autt bench:tuning [options]
  --rounds N        repetitions, of which the least counts (default 5)
  --python PATH     a Python that has PyTorch (default python3)
${quickHelp}
${deviceHelp}

46 prompts through ViT-B/32's text tower and back, made-up weights, frames' features embedded already.
PyTorch gets the prompts cut to the longest that is read, which is as exact. A core-second is processor
time over all threads.`;

const script = new URL("./pytorch_step.py", import.meta.url);

/** What `pytorch_step.py` knows how to do: certainty on one clip, by vectors in front of the words. */
const compared: readonly TuningSettings[] = [tuningModes.paper, tuningModes.official];

/** What a step took, and what came of it. */
interface Took extends Times {
  readonly loss: number;
  readonly gradient: number;
}

async function benchTuning(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
  }, help);
  const rounds = parseRounds(values.rounds), { model: config } = effortOf(values);
  using device = await openNamed(values);
  using weights = new Weights(device);
  const made = await madeUpTuning(device, weights, config);
  console.log(
    "step".padEnd(34) +
      ["wall s", "core-s", "a second", "autt takes", "loss", "gradient"]
        .map((cell) => cell.padStart(12)).join(""),
  );
  for (const settings of compared) {
    using step = await madeUpStep(made, settings);
    await using torch = await startPython(script, await describeStep(made, step), values.python);
    using plan = await record(device, (r) => step.tuner.recordStep(r, step.clips));
    const contenders = [() => runOurs(device, step, plan), () => torch.run<Took>()];
    const results = await takeTurns(contenders, rounds);
    const [ours, theirs] = results.map(({ best }) => best) as [Took, Took];
    print(`${settings.mode}: autt`, ours);
    print(`${settings.mode}: PyTorch ${torch.version}`, theirs, ours);
  }
  return 0;
}

function print(name: string, took: Took, ours?: Took): void {
  const cells = [
    took.wall.toFixed(2),
    took.core.toFixed(2),
    (1 / took.wall).toFixed(2),
    ours ? `${(ours.core / took.core).toFixed(2)}x` : "",
    took.loss.toFixed(6),
    took.gradient.toFixed(6),
  ];
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(12)).join(""));
}

async function runOurs(
  device: Device,
  { tuner, clips: [{ embeddings }], start }: MadeUpStep,
  plan: Plan<StepTensors>,
): Promise<Took> {
  plan.write("windows", embeddings);
  plan.write("context", start.context);
  if (tuner.settings.keepMoments) {
    plan.write("m", start.m);
    plan.write("v", start.v);
    plan.write("correction", adamwCorrection(1));
  }
  await device.settled();
  const wall = performance.now(), cores = coreSeconds();
  plan.run();
  const [loss, gradient] = await device.read([plan.outputs.loss, plan.outputs.gradient]);
  return {
    loss: loss?.[0] ?? NaN,
    gradient: Math.sqrt(gradient?.reduce((sum, x) => sum + x * x, 0) ?? NaN),
    wall: (performance.now() - wall) / 1000,
    core: coreSeconds() - cores,
  };
}

/** Everything that a step takes, prompts padded to the longest. */
async function describeStep(
  { model, checkpoint, head }: MadeUpTuning,
  { tuner, clips: [windows], start }: MadeUpStep,
): Promise<Uint8Array<ArrayBuffer>> {
  const { layout, settings } = tuner, [units, contextTokens, width] = tuner.contextShape;
  const positions = Math.max(...layout.positions) + 1, { embedding, text } = model.config;
  const base = new Float32Array(units * positions * width);
  const readAt = new Int32Array(units);
  let unit = 0;
  for (const [row, position] of layout.positions.entries()) {
    const at = await model.text.tokens.row(layout.fixed.get(row), position);
    if (row === 0) {
      for (let u = 0; u < units; u++) base.set(at, u * positions * width);
      continue;
    }
    base.set(at, (unit * positions + position) * width);
    if (row === layout.read[unit]) readAt[unit++] = position;
  }
  const tensors: Record<string, TensorToWrite> = {};
  const put = (name: string, shape: readonly number[], data: Float32Array<ArrayBuffer>) => {
    tensors[name] = { dtype: "F32", shape, data };
  };
  for (const [name, shape] of clipShapes(model.config)) {
    if (!/^(transformer|ln_final|text_projection)/.test(name)) continue;
    put(name, shape, await checkpoint.read(name, shape));
  }
  for (const [name, shape] of headShapes(head.sizes)) {
    put(name, shape, head.numbers.get(name) as Float32Array<ArrayBuffer>);
  }
  put("base", [units, positions, width], base);
  put("context", [units, contextTokens, width], start.context);
  put("windows", [windows.starts.length, embedding], windows.embeddings);
  tensors.read_at = { dtype: "I32", shape: [units], data: readAt };
  const more: TuningSettings & { heads: number; layers: number } = {
    ...settings,
    heads: text.heads,
    layers: text.layers,
  };
  return encodeSafetensors(tensors, { settings: JSON.stringify(more) });
}

if (import.meta.main) await runCommand(benchTuning, Deno.args);
