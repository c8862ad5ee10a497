import { type Device, record, type Tensor } from "../../engine/mod.ts";
import { batchInputs, type KnownClip, writeBatch } from "../../model/conflict_fusion/clip_batch.ts";
import { blend } from "../../model/conflict_fusion/conflict_reader.ts";
import { fuseConflict } from "../../model/conflict_fusion/conflict_fusion.ts";
import {
  conflictInputs,
  type ConflictParameters,
  writeConflict,
} from "../../model/conflict_fusion/parameters.ts";
import {
  conflictForms,
  conflictShapes,
  type ConflictSizes,
} from "../../model/conflict_fusion/sizes.ts";
import { readNumbers } from "../../model/named_numbers.ts";
import { softmax } from "../../numbers/vectors.ts";
import {
  ConflictTrainer,
  type LabelledClip,
} from "../../model/conflict_fusion/conflict_trainer.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { attentionShares } from "./attention_shares.ts";

/** `conflict_tolerances.json`. */
interface ConflictFacts {
  readonly facts: {
    readonly config: {
      readonly video_width: number;
      readonly text_width: number;
      readonly width: number;
      readonly heads: number;
      readonly layers: number;
      readonly mlp: number;
      readonly classes: number;
    };
    readonly beta: number;
    readonly lambda_aux: number;
    readonly lr: number;
    readonly weight_decay: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly class_weights: readonly number[];
  };
  /** Where all numbers are zero in theory, only their size counts. */
  readonly tensors: Readonly<
    Record<string, { readonly tol_rel: number | null; readonly tol_abs: number }>
  >;
}

type Rows = Map<string, ArrayLike<number>>;

/** Compares both forms of conflict fusion: every layer, both losses, gradients, steps of training. */
export async function compareConflict(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const { facts, tensors } = await set.json<ConflictFacts>("conflict_tolerances.json");
  using inputs = await set.tensors("conflict_inputs.safetensors");
  using golden = await set.tensors("conflict_golden.safetensors");
  const clips = await readClips(inputs, facts);
  for (const form of conflictForms) {
    const sizes = sizesOf(facts, form);
    const start = {
      sizes,
      numbers: await readNumbers(inputs, conflictShapes(sizes), `${form}.`),
    };
    const rows = new Map([
      ...await forwardRows(device, start, clips, facts.beta),
      ...await trainingRows(device, start, clips, facts, stepsOf(golden, form)),
    ]);
    const names = [...golden.tensors.keys()].filter((name) => name.startsWith(`${form}.`));
    for (const name of names) {
      const got = rows.get(name.slice(form.length + 1)), tolerance = tensors[name];
      if (!got || !tolerance) {
        const why = got ? "its tolerance is missing" : "this version does not know it";
        report.fail(`bah: ${name}`, new TypeError(why));
        continue;
      }
      report.compare(`bah: ${name}`, got, await numbersOf(golden, name), {
        relative: tolerance.tol_rel ?? Infinity,
        absolute: tolerance.tol_abs,
      });
    }
  }
}

function sizesOf({ config }: ConflictFacts["facts"], form: ConflictSizes["form"]): ConflictSizes {
  const { width, heads, layers, mlp: hidden, classes } = config;
  return {
    ...{ form, width, heads, layers, hidden, classes },
    modalities: [
      { name: "video", width: config.video_width, mayLack: false },
      { name: "text", width: config.text_width, mayLack: true },
    ],
  };
}

async function readClips(
  file: TensorFile,
  { config }: ConflictFacts["facts"],
): Promise<LabelledClip[]> {
  const of = (name: string) => numbersOf(file, name);
  const [video, text, hasText, labels] = [
    await of("video"),
    await of("text"),
    await of("has_text"),
    await of("labels"),
  ];
  return Array.from(labels, (label, i) => {
    const row = (all: Float64Array, width: number) => all.slice(i * width, (i + 1) * width);
    const known: KnownClip = {
      video: row(video, config.video_width),
      ...hasText[i] === 1 && { text: row(text, config.text_width) },
    };
    return { known, label };
  });
}

/** The largest step whose updates the set has; losses may be given for more. */
function stepsOf(golden: TensorFile, form: string): number {
  const [losses = 0] = golden.tensors.get(`${form}.losses`)?.shape ?? [];
  const steps = [...golden.tensors.keys()].map((name) =>
    Number(name.match(`^${form}\\.step(\\d+)\\.`)?.[1] ?? 0)
  );
  return Math.max(losses, ...steps);
}

async function forwardRows(
  device: Device,
  start: ConflictParameters,
  clips: readonly LabelledClip[],
  beta: number,
): Promise<Rows> {
  const { sizes } = start, seen = new Map<string, Tensor>(), count = clips.length;
  using plan = await record(device, (r) => {
    const observe = (name: string, tensor: Tensor) => seen.set(name, tensor);
    fuseConflict(r, sizes, conflictInputs(r, sizes), batchInputs(r, sizes, count), observe);
    return [...seen.values()];
  });
  writeConflict(plan, start);
  writeBatch(plan, sizes, count, clips.map(({ known }) => known));
  plan.run();
  const read = await device.read(plan.outputs);
  const rows: Rows = new Map([...seen.keys()].map((name, i) => [name, read[i] as Float32Array]));
  for (let layer = 0; rows.has(`qkv${layer}`); layer++) {
    const qkv = rows.get(`qkv${layer}`) as Float32Array;
    rows.set(`attention${layer}`, attentionShares(qkv, { ...sizes, batch: count }));
  }
  const pick = (name: string, i: number) =>
    softmax(Array.from(rows.get(name) ?? []).slice(i * sizes.classes, (i + 1) * sizes.classes));
  rows.set(
    "probabilities",
    clips.flatMap(({ known }, i) => {
      const words = known.text && pick("aux_logits", i);
      return [...blend(pick("logits", i), words, beta).probabilities];
    }),
  );
  return rows;
}

async function trainingRows(
  device: Device,
  start: ConflictParameters,
  clips: readonly LabelledClip[],
  facts: ConflictFacts["facts"],
  steps: number,
): Promise<Rows> {
  const rows: Rows = new Map(), losses: number[] = [];
  using trainer = await ConflictTrainer.open(device, start, clips.length, {
    rate: facts.lr,
    decay: facts.weight_decay,
    betas: facts.betas,
    eps: facts.eps,
    wordsWeight: facts.lambda_aux,
  });
  for (let step = 1; step <= steps; step++) {
    const { main, words, total } = await trainer.step(clips, facts.class_weights);
    losses.push(main, words, total);
    if (step === 1) {
      for (const [name, gradient] of await trainer.gradients()) rows.set(`grad.${name}`, gradient);
    }
    const { numbers } = await trainer.read();
    for (const [name, now] of numbers) {
      const before = start.numbers.get(name) as Float32Array;
      rows.set(`step${step}.delta.${name}`, now.map((p, i) => p - (before[i] as number)));
    }
  }
  return rows.set("losses", losses);
}
