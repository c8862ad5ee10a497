/**
 * `./autt bench:dsfda`: a step of DSFDA's source stage at reduced sizes beside PyTorch on one thread of
 * the CPU, in one run and taking turns.
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
import { Rng } from "../../../engine/mod.ts";
import { encodeSafetensors, type TensorToWrite } from "../../../io/tensors/write_safetensors.ts";
import { type DsfdaSizes, reducedSizes } from "../../../model/dsfda/draw_parameters.ts";
import { channelsFirst } from "../../../model/dsfda/layout.ts";
import type { Parameters } from "../../../model/dsfda/parameters.ts";
import { type DsfdaBatch, dsfdaStages, DsfdaTrainer } from "../../../model/dsfda/trainer.ts";
import { drawNetworks } from "../../../tta/dsfda/source_stage.ts";
import { parseRounds, quickOption } from "../../effort.ts";
import { coreSeconds } from "../../measure.ts";
import { startPython } from "../python_peer.ts";
import { takeTurns, type Times } from "../take_turns.ts";

const help = `Compares a training step of DSFDA with PyTorch on one thread of the CPU.

usage: ./autt bench:dsfda [options]
  --rounds N        repetitions, of which the least counts (default 3)
  --python PATH     a Python that has PyTorch (default python3)
  --quick           32 x 32 pixels, one face of either kind: to see that it runs
${deviceHelp}

The first step of an epoch of the source stage, which updates all four networks: an eighth of the
channels, 64 x 64 pixels, 8 faces of either kind, made-up faces and weights, no dropout. Both sides
start from the same numbers, and the losses are those of that first step. Memory is what the step
adds: ours on the device, PyTorch's in its process.`;

const people = 16, classes = 2;

/** What a step took, and what came of it. */
interface Took extends Times {
  readonly losses: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** The `bench:dsfda` command. */
async function benchDsfda(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: "python3" },
  }, help);
  const rounds = parseRounds(values.rounds), sizes = values.quick ? quickSizes : reducedSizes;
  const start = drawNetworks(sizes, { people, classes }, 1);
  const made = madeUpBatch(sizes, values.quick ? 1 : 8);
  await using torch = await startPython(
    new URL("./pytorch_step.py", import.meta.url),
    describeStep(start, made, sizes),
    values.python,
  );
  using device = await openNamed(values);
  const before = device.pool.bytesUsed, { identities: { length: batch } } = made;
  using trainer = new DsfdaTrainer(device, start, {
    ...{ ...dsfdaStages.source, batch, side: sizes.side, noise: sizes.noise },
    ...{ dropout: 0, seed: 1 },
  });
  const ours = async (): Promise<Took> => {
    const wall = performance.now(), cores = coreSeconds();
    const losses = await trainer.step(made, 0);
    return {
      losses: Object.fromEntries(losses),
      wall: (performance.now() - wall) / 1000,
      core: coreSeconds() - cores,
      bytes: device.pool.bytesUsed - before,
    };
  };
  const results = await takeTurns([ours, () => torch.run<Took>()], rounds);
  const told = ["G_total", "D_FR_total", "fc"], columns = ["wall s", "core-s", "MB", ...told];
  console.log("step".padEnd(20) + columns.map((cell) => cell.padStart(12)).join(""));
  for (const [i, { first, best: { wall, core, bytes } }] of results.entries()) {
    const name = i === 0 ? "autt" : `PyTorch ${torch.version}`;
    // Only the first step is from the same numbers.
    const losses = told.map((loss) => (first.losses[loss] ?? NaN).toFixed(6));
    const cells = [wall.toFixed(2), core.toFixed(2), (bytes / 1e6).toFixed(0), ...losses];
    console.log(name.padEnd(20) + cells.map((cell) => cell.padStart(12)).join(""));
  }
  return 0;
}

const quickSizes: DsfdaSizes = { side: 32, channels: 8, noise: 4, width: 16 };

function madeUpBatch({ side, noise }: DsfdaSizes, batch: number): DsfdaBatch {
  const rng = new Rng(2);
  const numbers = (length: number) => Float32Array.from({ length }, () => rng.uniform());
  const labels = (most: number) =>
    Uint32Array.from({ length: batch }, () => rng.integer(0, most - 1));
  return {
    identity: numbers(batch * side * side * 3),
    identities: labels(people),
    expression: numbers(batch * side * side * 3),
    expressions: labels(classes),
    noise: [0, 1, 2].map(() => numbers(batch * (side / 16) ** 2 * noise)),
  };
}

/** Everything that a step takes, with channels first. */
function describeStep(
  start: Parameters,
  batch: DsfdaBatch,
  { side, noise }: DsfdaSizes,
): Uint8Array<ArrayBuffer> {
  const count = batch.identities.length, tensors: Record<string, TensorToWrite> = {};
  for (const [name, { shape, numbers: data }] of start) {
    tensors[name] = { dtype: "F32", shape, data };
  }
  const put = (
    name: string,
    numbers: Float32Array<ArrayBuffer>,
    rows: number,
    channels: number,
  ) => {
    const data = channelsFirst(numbers, [count, rows, rows, channels]);
    tensors[name] = { dtype: "F32", shape: [count, channels, rows, rows], data };
  };
  put("identity", batch.identity, side, 3);
  put("expression", batch.expression, side, 3);
  for (const [i, one] of (batch.noise ?? []).entries()) put(`noise.${i}`, one, side / 16, noise);
  for (const name of ["identities", "expressions"] as const) {
    tensors[name] = { dtype: "I32", shape: [count], data: Int32Array.from(batch[name]) };
  }
  const settings = { rate: dsfdaStages.source.rate };
  return encodeSafetensors(tensors, { settings: JSON.stringify(settings) });
}

if (import.meta.main) await runCommand(benchDsfda, Deno.args);
