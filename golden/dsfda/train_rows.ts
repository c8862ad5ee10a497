import type { Device } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { channelsFirst, channelsLast } from "../../model/dsfda/layout.ts";
import { type Parameter, type Parameters, readParameters } from "../../model/dsfda/parameters.ts";
import { type DsfdaBatch, dsfdaStages, DsfdaTrainer } from "../../model/dsfda/trainer.ts";
import { type Optimizer, optimizers } from "../../model/dsfda/training_step.ts";
import { namesOf } from "../../model/dsfda/update.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import {
  compareRows,
  type DsfdaTolerances,
  entries,
  lengthOf,
  readShaped,
  type Rows,
  type Shaped,
} from "./dsfda_set.ts";
import { validationRow } from "./validation_row.ts";

/** The settings of the part. */
interface Facts {
  readonly lr: number;
  /** Of each optimiser; a text where another part has it. */
  readonly order_of_norms: Readonly<Record<Optimizer, readonly string[]>> | string;
}

/** Compares steps of one stage: losses, pictures, gradients, updates, and the validation after them. */
export function compareTraining(stage: "source" | "target", dropout: boolean) {
  const part = `train_${stage}${dropout ? "_dropout" : ""}`;
  return async (device: Device, set: GoldenSet, report: GoldenReport): Promise<void> => {
    const { facts } = await set.json<DsfdaTolerances<Facts>>(`${part}_tolerances.json`);
    using golden = await set.tensors(`${part}_golden.safetensors`);
    using file = await set.tensors("tiny_inputs.safetensors");
    let parameters: Parameters = await startOf(file, stage);
    const noise = await readShaped(file, `${stage}.noise`);
    const pictures = await readShaped(file, `${stage}.pictures_u8`);
    const [steps = 0, , batch = 0, channels = 0] = noise.shape, side = pictures.shape[2] ?? 0;
    using trainer = new DsfdaTrainer(device, parameters, {
      ...dsfdaStages[stage],
      batch,
      side,
      noise: channels,
      dropout: dropout ? 0.5 : 0,
      rate: facts.lr,
      seed: 0,
    });
    const rows: Rows = new Map();
    for (let step = 0; step < steps; step++) {
      if (!golden.tensors.has(`step${step}.loss.G_total`)) break;
      const given = await batchOf(file, stage, step, { pictures, noise, dropout });
      for (const [name, loss] of await trainer.step(given, step)) {
        rows.set(`step${step}.loss.${name}`, [loss]);
      }
      const shape = [batch, side, side, 3], made = await trainer.pictures();
      rows.set(`step${step}.generated`, channelsFirst(made.generated, shape));
      rows.set(
        `step${step}.reconstructed_identity_image`,
        channelsFirst(made.ofIdentity, shape),
      );
      rows.set(
        `step${step}.reconstructed_expression_image`,
        channelsFirst(made.ofExpression, shape),
      );
      const next: Parameters = await trainer.parameters();
      addUpdates(rows, step, facts, await trainer.gradients(), parameters, next);
      parameters = next;
    }
    rows.set("val.accuracy_and_ce", await validationRow(device, file, parameters, batch));
    await compareRows(set, part, rows, report);
  };
}

/** The parameters that a stage begins with. In the target stage two networks start anew. */
async function startOf(file: TensorFile, stage: "source" | "target"): Promise<Parameters> {
  const all = new Map<string, Parameter>();
  const take = async (prefix: string, from = prefix) => {
    for (const [name, parameter] of await readParameters(file, from, prefix)) {
      all.set(name, parameter);
    }
  };
  for (const prefix of ["Gen.", "Dis_FR.", "Dis_ER."]) await take(prefix);
  if (stage === "source") return all;
  for (const name of [...all.keys()]) if (name.startsWith("Dis_FR.")) all.delete(name);
  for (const prefix of ["Gen.enc_FR.", "Dis_FR."]) await take(prefix, `target.${prefix}`);
  return all;
}

/** What a step is given. */
async function batchOf(
  file: TensorFile,
  stage: string,
  step: number,
  { pictures, noise, dropout }: {
    readonly pictures: Shaped;
    readonly noise: Shaped;
    readonly dropout: boolean;
  },
): Promise<DsfdaBatch> {
  const [, generations = 0, batch = 0, ...rest] = noise.shape;
  const take = (first: number) => {
    const { shape, numbers } = entries(pictures, first, batch);
    return channelsLast(numbers, shape);
  };
  const labels = async (name: string) =>
    Uint32Array.from(
      (await numbersOf(file, `${stage}.${name}`)).subarray(step * batch, (step + 1) * batch),
    );
  const size = batch * rest.reduce((a, b) => a * b, 1);
  return {
    identity: take(2 * step * batch),
    expression: take((2 * step + 1) * batch),
    identities: await labels("id_labels"),
    expressions: await labels("expression_labels"),
    noise: Array.from({ length: generations }, (_, g) => {
      const at = (step * generations + g) * size;
      return channelsLast(noise.numbers.slice(at, at + size), [batch, ...rest]);
    }),
    ...(dropout ? { masks: await masksOf(file, rest) } : {}),
  };
}

/** The given masks, as what they multiply by; those of a latent with its channels last. */
async function masksOf(file: TensorFile, [, height = 0, width = 0]: readonly number[]) {
  const masks = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, { shape: [batch = 0, columns = 0] }] of file.tensors) {
    const number = /^mask\.(\d+)$/.exec(name)?.[1];
    if (number === undefined) continue;
    const kept = Float32Array.from(await file.read(name), (keep) => 2 * keep);
    const shape = [batch, columns / (height * width), height, width];
    masks.set(name, Number(number) % 2 === 0 ? channelsLast(kept, shape) : kept);
  }
  return masks;
}

/** Gradients and updates of a step, and their norms in each optimiser's order. */
function addUpdates(
  rows: Rows,
  step: number,
  facts: Facts,
  gradients: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
  before: Parameters,
  after: Parameters,
): void {
  const deltas = new Map<string, Float64Array>();
  for (const [name, gradient] of gradients) {
    const was = before.get(name)?.numbers, now = after.get(name)?.numbers;
    deltas.set(name, Float64Array.from(gradient, (_, i) => (now?.[i] ?? NaN) - (was?.[i] ?? NaN)));
    rows.set(`step${step}.grad.${name}`, gradient);
    rows.set(`step${step}.delta.${name}`, deltas.get(name) as Float64Array);
  }
  for (const optimizer of Object.keys(optimizers) as Optimizer[]) {
    const own = namesOf(optimizers[optimizer], gradients.keys());
    // An optimiser that did not step has no rows.
    if (own.length === 0) continue;
    const names = typeof facts.order_of_norms === "string" ? own : facts.order_of_norms[optimizer];
    const norms = (of: ReadonlyMap<string, ArrayLike<number>>) =>
      names.map((name) => lengthOf(of.get(name) ?? []));
    rows.set(`step${step}.grad_norms.${optimizer}`, norms(gradients));
    rows.set(`step${step}.delta_norms.${optimizer}`, norms(deltas));
  }
}
