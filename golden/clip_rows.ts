import { type Device, record, type Tensor } from "../engine/mod.ts";
import { normalize } from "../kernels/mod.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { imageTower } from "../model/clip/image_tower.ts";
import { packPrompts } from "../model/clip/pack_prompts.ts";
import { textTower } from "../model/clip/text_tower.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";

/** The outputs of both towers for a set's inputs. */
export async function computeClipRows(
  model: GoldenModel,
  /** `[N, 3, R, R]` bytes. */
  frames: Uint8Array,
): Promise<Computed> {
  const { device, config, imageWeights, prompts } = model;
  const rows: Computed = new Map();
  const pixels = interleaved(frames, config);
  const between = await observed(device, (r, observe) => {
    const { size } = config.image;
    const frame = normalize(r, r.input("frame", [1, size, size, 4], "u8"));
    return imageTower(r, imageWeights, config, frame, observe);
  }, { frame: pixels[0] as Uint8Array<ArrayBuffer> });
  addLayers(rows, between, "image.f0");
  rows.set("image.f0.l2_after_lnpre_and_blocks", norms(between, /^(ln_pre|block\d+)$/));
  rows.set("image.feat", await model.images.encode(pixels));

  if (!model.has("text.base_au.ids")) return rows;
  const auIds = await model.ids("text.base_au.ids"), [first = []] = auIds;
  const text = await observeText(model, first);
  addLayers(rows, text, "text.au0");
  rows.set("text.au0.l2_after_blocks", norms(text, /^block\d+$/));
  rows.set("text.base_au.feat", await prompts.encode(auIds));
  if (model.has("text.class.ids")) {
    rows.set("text.class.feat", await prompts.encode(await model.ids("text.class.ids")));
  }
  return rows;
}

/** All positions of one prompt, padding included, as the original computes them. */
async function observeText(
  { device, text, config }: GoldenModel,
  prompt: readonly number[],
): Promise<Map<string, Float32Array>> {
  const rows = prompt.length;
  const layout = packPrompts([prompt], 0, rows, 1);
  // Rows end where a prompt is read; the ones after that are part of it here.
  layout.ids.set(prompt);
  layout.positions.set([...prompt.keys()]);
  for (let t = 0; t < rows; t++) layout.ranges[2 * t] = 0;
  const { shared: _, ...inputs } = layout;
  return await observed(device, (r, observe) =>
    textTower(r, text.weights, config, {
      shared: 0,
      x: r.input("x", [1, rows, config.text.width]),
      sight: { ranges: r.input("ranges", [1, rows, 2], "u32") },
      read: r.input("read", [1, 1], "u32"),
      readSight: { ranges: r.input("readRanges", [1, 1, 2], "u32") },
    }, observe), { ...inputs, x: await text.tokens.embed(layout) });
}

type Model = Parameters<typeof record>[1];
type Recorder = Parameters<Model>[0];

/** Runs a model once and returns the tensors that it showed to `observe`. */
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

/** Converts frames from planar to interleaved colours. */
export function interleaved(frames: Uint8Array, { image: { size } }: ClipConfig) {
  const plane = size * size, count = frames.length / (3 * plane);
  return Array.from({ length: count }, (_, n) => {
    const image = new Uint8Array(4 * plane);
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) image[4 * i + c] = frames[(3 * n + c) * plane + i] ?? 0;
    }
    return image;
  });
}
