import { type Device, record, type Tensor, Weights } from "../../engine/mod.ts";
import { normalize } from "../../kernels/mod.ts";
import type { TensorFile } from "../../io/tensor_file.ts";
import { ClipCheckpoint } from "../../model/clip/checkpoint.ts";
import type { ClipConfig } from "../../model/clip/config.ts";
import { ImageEncoder } from "../../model/clip/image_encoder.ts";
import { imageTower, loadImageTower } from "../../model/clip/image_tower.ts";
import { packPrompts } from "../../model/clip/pack_prompts.ts";
import { PromptEncoder } from "../../model/clip/prompt_encoder.ts";
import { loadTextTower, textTower } from "../../model/clip/text_tower.ts";
import { TokenTable } from "../../model/clip/token_table.ts";
import { WeightLoader } from "../../model/clip/weights.ts";
import { numbersOf } from "./golden_set.ts";

/** Computed numbers by the names of the golden rows, in the order of the computation. */
export type Computed = Map<string, ArrayLike<number>>;

/** What the two towers make of a set's inputs. */
export async function computeClipRows(
  device: Device,
  weights: TensorFile,
  /** `[N, 3, R, R]` bytes. */
  frames: Uint8Array,
  golden: TensorFile,
): Promise<Computed> {
  const checkpoint = new ClipCheckpoint(weights), { config } = checkpoint;
  using memory = new Weights(device);
  const load = new WeightLoader(memory, checkpoint);
  const rows: Computed = new Map();

  const imageWeights = await loadImageTower(load, config);
  using images = new ImageEncoder(device, imageWeights, config);
  const pixels = interleaved(frames, config);
  const between = await observed(device, (r, observe) => {
    const { size } = config.image;
    const frame = normalize(r, r.input("frame", [1, size, size, 4], "u8"));
    return imageTower(r, imageWeights, config, frame, observe);
  }, { frame: pixels[0] as Uint8Array<ArrayBuffer> });
  addLayers(rows, between, "image.f0");
  rows.set("image.f0.l2_after_lnpre_and_blocks", norms(between, /^(ln_pre|block\d+)$/));
  rows.set("image.feat", await images.encode(pixels));

  const textWeights = await loadTextTower(load, config);
  const table = await TokenTable.open(checkpoint);
  using prompts = new PromptEncoder(device, textWeights, config, table);
  if (!golden.tensors.has("text.base_au.ids")) return rows;
  const auIds = await promptsOf(golden, "text.base_au.ids");
  const [first = []] = auIds;
  const text = await observeText(device, textWeights, config, table, first);
  addLayers(rows, text, "text.au0");
  rows.set("text.au0.l2_after_blocks", norms(text, /^block\d+$/));
  rows.set("text.base_au.feat", await prompts.encode(auIds));
  if (golden.tensors.has("text.class.ids")) {
    rows.set("text.class.feat", await prompts.encode(await promptsOf(golden, "text.class.ids")));
  }
  return rows;
}

/** All positions of one prompt, padding included, as the original computes them. */
async function observeText(
  device: Device,
  weights: Parameters<typeof textTower>[1],
  config: ClipConfig,
  table: TokenTable,
  prompt: readonly number[],
): Promise<Map<string, Float32Array>> {
  const rows = prompt.length;
  const layout = packPrompts([prompt], 0, rows, 1);
  // A prompt's own rows end where it is read. Here those after it go on as part of it.
  layout.ids.set(prompt);
  layout.positions.set([...prompt.keys()]);
  for (let t = 0; t < rows; t++) layout.ranges[2 * t] = 0;
  const { shared: _, ...inputs } = layout;
  return await observed(device, (r, observe) =>
    textTower(r, weights, config, {
      shared: 0,
      x: r.input("x", [1, rows, config.text.width]),
      ranges: r.input("ranges", [1, rows, 2], "u32"),
      read: r.input("read", [1, 1], "u32"),
      readRanges: r.input("readRanges", [1, 1, 2], "u32"),
    }, observe), { ...inputs, x: await table.embed(layout) });
}

type Model = Parameters<typeof record>[1];
type Recorder = Parameters<Model>[0];

/** Runs a model once and gives back what its layers showed. */
async function observed(
  device: Device,
  model: (r: Recorder, observe: (name: string, tensor: Tensor) => void) => Tensor,
  inputs: Readonly<Record<string, ArrayBufferView<ArrayBuffer> & ArrayLike<number>>>,
): Promise<Map<string, Float32Array>> {
  const seen = new Map<string, Tensor>();
  using plan = await record(device, (r) => {
    const output = model(r, (name, tensor) => seen.set(name, tensor));
    return [output, ...seen.values()];
  });
  for (const name of plan.inputs.keys()) plan.write(name, inputs[name] as Uint8Array<ArrayBuffer>);
  plan.run();
  const numbers = await device.read([...seen.values()]);
  return new Map([...seen.keys()].map((name, i) => [name, numbers[i] as Float32Array]));
}

function addLayers(rows: Computed, layers: Map<string, Float32Array>, prefix: string): void {
  for (const [name, numbers] of layers) rows.set(`${prefix}.${name}`, numbers);
}

/** The norm of each layer of these names. */
function norms(layers: Map<string, Float32Array>, names: RegExp): number[] {
  return [...layers].filter(([name]) => names.test(name))
    .map(([, numbers]) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0)));
}

/** Token ids `[N, 77]`, prompt by prompt. */
export async function promptsOf(golden: TensorFile, name: string): Promise<number[][]> {
  const ids = await numbersOf(golden, name), [count = 1] = golden.tensors.get(name)?.shape ?? [];
  const length = ids.length / count;
  return Array.from({ length: count }, (_, n) => [...ids.slice(n * length, (n + 1) * length)]);
}

/** Frames with their colours apart as images with the colours side by side. */
function interleaved(frames: Uint8Array, { image: { size } }: ClipConfig) {
  const plane = size * size, count = frames.length / (3 * plane);
  return Array.from({ length: count }, (_, n) => {
    const image = new Uint8Array(4 * plane);
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) image[4 * i + c] = frames[(3 * n + c) * plane + i] ?? 0;
    }
    return image;
  });
}
