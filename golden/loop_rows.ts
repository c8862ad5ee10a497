import type { HeadParameters } from "../model/clip_au/head_parameters.ts";
import { computeMetrics, type Metrics } from "../numbers/scores/metrics.ts";
import { average, largestAt } from "../numbers/vectors.ts";
import { runOfficialProtocol } from "./official_protocol.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import type { GoldenModel } from "./golden_model.ts";
import { type GoldenSet, numbersOf } from "./golden_set.ts";
import { exact, type GoldenReport } from "./report.ts";
import { goldenTrainer } from "./train_rows.ts";
import { GoldenTuning } from "./golden_tuning.ts";

/** `loop.json`: the inputs of the original's loops, and what they printed. */
interface Loop {
  readonly train: {
    readonly epochs: number;
    readonly batches: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly metrics: readonly Printed[];
  };
  readonly [batch: `batch${number}`]: {
    readonly metrics: readonly Printed[];
  };
}

/** The name of a printed value, the value and its epoch. */
type Printed = readonly [string, number, number];

/** The format's tolerance for the loops' final tensors. */
const tolerance = { relative: 1e-3, absolute: 1e-3 };

/** Compares with the original's own training and tuning loops, run from end to end. */
export async function compareLoops(
  set: GoldenSet,
  model: GoldenModel,
  features: Float32Array<ArrayBuffer>,
  clips: number,
  report: GoldenReport,
): Promise<void> {
  using golden = await set.tensors("loop.safetensors");
  const loop = await set.json<Loop>("loop.json");
  const left = new Set(golden.tensors.keys());
  const compare = async (row: string, got: ArrayLike<number>) => {
    left.delete(row);
    if (!golden.tensors.has(row)) return;
    report.compare(`loop: ${row}`, got, await numbersOf(golden, row), tolerance);
  };
  const comparePrinted = (name: string, printed: readonly Printed[], epochs: readonly Epoch[]) => {
    for (
      const [key, what] of [["Loss:", "loss"], ["WAR:", "war"], ["UAR:", "uar"], [
        "WAF1R:",
        "f1",
      ]] as const
    ) {
      const wanted = printed.filter(([found]) => found === key).map(([, value]) => value);
      const got = epochs.map((epoch) => epoch[what]);
      // Printed scores are ratios of counts.
      report.compare(
        `loop: ${name} ${key}`,
        what === "loss" ? got : got.map(Math.fround),
        what === "loss" ? wanted : wanted.map(Math.fround),
        what === "loss" ? tolerance : exact,
      );
    }
  };

  const { head, epochs } = await trainAsOriginal(model, features, clips, loop.train);
  comparePrinted("training", loop.train.metrics, epochs);
  for (const [name, numbers] of head.numbers) await compare(`ckpt.${name}`, numbers);

  using tuning = await GoldenTuning.load(model, head);
  const context = await model.row("ctx_init"), [, contextTokens = 4] = model.shapeOf("ctx_init");
  const [, count = 1] = model.shapeOf("autt.window_entropy");
  const window = features.length / clips / model.config.embedding - count + 1;
  const windows = await tuning.windows(features, clips, window);
  using tuner = await tuning.tuner({ ...tuningModes.official, window, contextTokens });
  const two = 2 * context.length / tuning.units; // the rows have the first two units
  for (const [name, part] of Object.entries(loop)) {
    const batch = Number(/^batch(\d+)$/.exec(name)?.[1]);
    if (!batch) continue;
    const { metrics } = part as Loop[`batch${number}`];
    const before: number[] = [];
    const run = await runOfficialProtocol(tuner, context, windows, loop.train.labels, {
      epochs: 1 + Math.max(...metrics.map(([, , epoch]) => epoch)),
      batch,
      onStep: (now) => before.push(...now.subarray(0, two)),
    });
    comparePrinted(name, metrics, run.epochs);
    await compare(`${name}.ctx_before_iter`, before);
    await compare(`${name}.ctx_final`, run.context);
    await compare(`${name}.ctx_of_returned_best_model`, run.best.subarray(0, two));
  }
  const unused = [...left].filter((row) => row.startsWith("ckpt.temporal_proj."));
  report.leaveOut(unused.map((row) => `loop: ${row}`), "saved by the original, never used");
  report.leaveOut(
    [...left].filter((row) => !unused.includes(row)).map((row) => `loop: ${row}`),
    "not in this version",
  );
}

interface Epoch extends Metrics {
  readonly loss: number;
}

/** The original's training. It keeps the last epoch that improved by its running logits. */
async function trainAsOriginal(
  model: GoldenModel,
  features: Float32Array,
  clips: number,
  { epochs: count, batches, labels }: Loop["train"],
): Promise<{ head: HeadParameters; epochs: Epoch[] }> {
  const size = features.length / clips, frames = size / model.config.embedding;
  using trainer = await goldenTrainer(model, batches[0]?.length ?? 1, frames);
  let { head } = await trainer.read(), bestWar = 0, bestF1 = 0;
  const epochs: Epoch[] = [];
  for (let epoch = 0; epoch < count; epoch++) {
    const losses: number[] = [], wanted: number[] = [], got: number[] = [];
    for (const batch of batches) {
      const { loss, logits } = await trainer.step({
        features: Float32Array.from(
          batch.flatMap((clip) => [...features.subarray(clip * size, (clip + 1) * size)]),
        ),
        labels: Uint32Array.from(batch, (clip) => labels[clip] ?? 0),
      });
      const classes = logits.length / batch.length;
      losses.push(loss);
      for (const [i, clip] of batch.entries()) {
        wanted.push(labels[clip] ?? 0);
        got.push(largestAt(logits.subarray(i * classes, (i + 1) * classes)));
      }
    }
    const metrics = computeMetrics(wanted, got);
    epochs.push({ loss: average(losses), ...metrics });
    if (metrics.war > bestWar || metrics.f1 > bestF1) ({ head } = await trainer.read());
    bestWar = Math.max(bestWar, metrics.war);
    bestF1 = Math.max(bestF1, metrics.f1);
  }
  return { head, epochs };
}
