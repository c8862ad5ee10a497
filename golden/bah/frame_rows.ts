import type { Device } from "../../engine/mod.ts";
import { frameWindows, padFrames, stitchWindows } from "../../data/frame_windows.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { readFrameCheckpoint } from "../../model/frame_fusion/checkpoint.ts";
import { type FrameFeatures, FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import { FrameTrainer } from "../../model/frame_fusion/frame_trainer.ts";
import type { FrameParameters } from "../../model/frame_fusion/parameters.ts";
import { type FrameForm, frameForms, isStatistic } from "../../model/frame_fusion/sizes.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { asOriginal, frameLayers, type FrameRows } from "./frame_layers.ts";

/** `models_tolerances.json` and `real_tolerances.json`. */
export interface FrameTolerances<Facts> {
  readonly facts: Facts;
  /** Where all numbers are zero in theory, only their size counts. */
  readonly tensors: Readonly<
    Record<string, { readonly tol_rel: number | null; readonly tol_abs: number }>
  >;
}

interface Facts {
  readonly windows_first_last: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly sgd: {
    readonly lr: number;
    readonly momentum: number;
    readonly nesterov: boolean;
    readonly weight_decay: number;
  };
  readonly order_of_parameters: Readonly<Record<FrameForm, readonly string[]>>;
}

/** Compares LFAN and CAN in small: every layer, gradients, batch norm in training, steps of SGD, long clips. */
export async function compareFrames(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const { facts, tensors } = await set.json<FrameTolerances<Facts>>("models_tolerances.json");
  using inputs = await set.tensors("models_inputs.safetensors");
  using golden = await set.tensors("models_golden.safetensors");
  for (const [name, windows] of Object.entries(facts.windows_first_last)) {
    const [length = 0, window = 0, hop = 0] = numbersIn(name);
    report.equal(`bah: windows: ${name}`, frameWindows(length, window, hop), windows);
  }
  for (const form of frameForms) {
    const order = modalitiesOf(facts.order_of_parameters[form]);
    const [, heads = 1] = golden.tensors.get(`${form}.eval.attention`)?.shape ?? [];
    const parameters = await readFrameCheckpoint(inputs, { prefix: `${form}.`, order, heads });
    const rows: FrameRows = new Map([
      ...await evalRows(device, parameters, inputs),
      ...await longRows(device, parameters, inputs, facts),
      ...await trainingRows(device, parameters, inputs, facts, stepsOf(golden, form)),
    ]);
    await compareFrameRows(form, rows, { golden, tensors, report });
  }
}

/** Compares the rows of one model. A golden row that nothing computes fails. */
export async function compareFrameRows(
  form: FrameForm,
  rows: FrameRows,
  { golden, tensors, report, part = "" }: {
    readonly golden: TensorFile;
    readonly tensors: FrameTolerances<unknown>["tensors"];
    readonly report: GoldenReport;
    readonly part?: string;
  },
): Promise<void> {
  for (const name of golden.tensors.keys()) {
    if (!name.startsWith(`${form}.`)) continue;
    const got = rows.get(name.slice(form.length + 1)), tolerance = tensors[name];
    if (!got || !tolerance) {
      const why = got ? "its tolerance is missing" : "this version does not know it";
      report.fail(`bah: ${part}${name}`, new TypeError(why));
      continue;
    }
    report.compare(`bah: ${part}${name}`, got, await numbersOf(golden, name), {
      relative: tolerance.tol_rel ?? Infinity,
      absolute: tolerance.tol_abs,
    });
  }
}

/** The numbers of `length 37, window 14, hop 5`. */
const numbersIn = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

/** The modalities in the order in which the model has them. */
function modalitiesOf(parameters: readonly string[]): string[] {
  return [
    ...new Set(parameters.flatMap((name) => /^temporal\.([^.]+)\./.exec(name)?.[1] ?? [])),
  ];
}

/** Clips `NAME.MODALITY`, and how many and how long they are. */
async function clipsOf(file: TensorFile, name: string, { sizes }: FrameParameters) {
  const features: Record<string, Float32Array<ArrayBuffer>> = {};
  let shape: readonly [number, number] = [0, 0];
  for (const { name: modality } of sizes.modalities) {
    const key = `${name}.${modality}`;
    features[modality] = Float32Array.from(await numbersOf(file, key));
    const [batch = 0, steps = 0] = file.tensors.get(key)?.shape ?? [];
    shape = [batch, steps];
  }
  return { features, shape };
}

async function evalRows(
  device: Device,
  parameters: FrameParameters,
  inputs: TensorFile,
): Promise<FrameRows> {
  const { features, shape: [batch, steps] } = await clipsOf(inputs, "x", parameters);
  const rows = await frameLayers(device, parameters, features, [batch, steps]);
  // The original pads the first convolution behind the clip as well, and cuts what comes of it; here the
  // same is had by appending zeros.
  const longer = steps + parameters.sizes.taps - 1;
  const padded = Object.fromEntries(
    parameters.sizes.modalities.map(({ name, width }) => {
      const all = new Float32Array(batch * longer * width);
      for (let b = 0; b < batch; b++) {
        const clip = features[name]?.subarray(b * steps * width, (b + 1) * steps * width) ?? [];
        all.set(clip, b * longer * width);
      }
      return [name, all];
    }),
  );
  const uncut = await frameLayers(device, parameters, padded, [batch, longer]);
  for (const { name } of parameters.sizes.modalities) {
    const key = `tcn.${name}.0.conv1`;
    rows.set(key, uncut.get(key) ?? []);
  }
  return new Map([...rows].map(([name, row]) => [`eval.${name}`, row]));
}

/** A longer clip: by windows in LFAN, whole in CAN. */
async function longRows(
  device: Device,
  parameters: FrameParameters,
  inputs: TensorFile,
  facts: Facts,
): Promise<FrameRows> {
  const { features, shape: [clips, length] } = await clipsOf(inputs, "long", parameters);
  using reader = new FrameReader(device, parameters);
  const { form, classes, modalities } = reader.sizes, rows: number[] = [];
  const ofLength = Object.keys(facts.windows_first_last).map(numbersIn)
    .find(([of]) => of === length);
  const [, window = length, hop = length] = ofLength ?? [];
  for (let clip = 0; clip < clips; clip++) {
    const cut = (first: number, count: number): FrameFeatures =>
      Object.fromEntries(
        modalities.map(({ name, width }) => {
          const from = (clip * length + first) * width;
          const own = (features[name] as Float32Array<ArrayBuffer>).slice(
            from,
            from + count * width,
          );
          return [name, padFrames(own, width, count)];
        }),
      );
    const windows = form === "lfan"
      ? frameWindows(length, window, hop)
      : [[0, length - 1] as const];
    const logits: Float32Array[] = [];
    for (const [first, last] of windows) {
      logits.push(await reader.logits(cut(first, last - first + 1)));
    }
    rows.push(...stitchWindows(windows, logits, classes));
  }
  return new Map([["long.logits", rows]]);
}

/** The steps of which the set has losses, and parameters after them. */
function stepsOf(golden: TensorFile, form: FrameForm): number {
  const [losses = 0] = golden.tensors.get(`${form}.sgd.losses`)?.shape ?? [];
  const after = [...golden.tensors.keys()].map((name) =>
    Number(name.match(`^${form}\\.sgd\\.after(\\d+)\\.`)?.[1] ?? 0)
  );
  return Math.max(1, losses, ...after);
}

async function trainingRows(
  device: Device,
  start: FrameParameters,
  inputs: TensorFile,
  { sgd }: Facts,
  count: number,
): Promise<FrameRows> {
  const { features, shape: [batch, steps] } = await clipsOf(inputs, "x", start);
  const labels = Uint32Array.from(await numbersOf(inputs, "labels"));
  const rows: FrameRows = new Map(), losses: number[] = [];
  using trainer = await FrameTrainer.open(device, start, {
    ...{ batch, steps, dropout: 0, seed: 0 },
    ...{ momentum: sgd.momentum, nesterov: sgd.nesterov, decay: sgd.weight_decay },
  });
  for (let step = 1; step <= count; step++) {
    losses.push(await trainer.step({ features, labels }, sgd.lr));
    const { numbers } = await trainer.parameters();
    for (const [name, now] of numbers) rows.set(`sgd.after${step}.${name}`, now);
    if (step > 1) continue;
    rows.set("train.loss", losses.slice()).set("train.logits", await trainer.logits());
    for (const [name, row] of await trainer.normalized()) {
      const shape = [batch, steps, row.length / (batch * steps)];
      rows.set(`train.${name}`, asOriginal(name, row, shape, start.sizes));
    }
    for (const [name, row] of await trainer.gradients()) rows.set(`grad.${name}`, row);
    for (const [name, now] of numbers) if (isStatistic(name)) rows.set(`train.after.${name}`, now);
  }
  return rows.set("sgd.losses", losses);
}
