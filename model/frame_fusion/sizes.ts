import type { Shape } from "../../engine/mod.ts";

/** The two models of BAH's authors that decide on every frame. */
export const frameForms = ["lfan", "can"] as const;
/** One of `frameForms`. */
export type FrameForm = typeof frameForms[number];

/** A modality with its temporal network. */
export interface FrameModality {
  readonly name: string;
  /** Numbers of a frame. */
  readonly width: number;
  /** Of each block of its temporal network. */
  readonly channels: readonly number[];
}

/** The sizes of a model that decides on every frame. */
export interface FrameSizes {
  readonly form: FrameForm;
  /** In the order in which they are joined: LFAN leads with the first one. */
  readonly modalities: readonly FrameModality[];
  /** Frames that each convolution sees. */
  readonly taps: number;
  /** What each modality is projected to before they are fused. */
  readonly width: number;
  /** LFAN's heads of attention. */
  readonly heads: number;
  readonly classes: number;
}

/** The channels of each block, as the authors have them, by form and modality. */
const channels: Readonly<Record<FrameForm, Readonly<Record<string, readonly number[]>>>> = {
  lfan: { video: [256, 256, 128, 128], vggish: [64, 64, 32, 32], bert: [256, 256, 128, 128] },
  can: { video: [256, 256, 128, 128, 128], vggish: [128, 128, 64, 64], bert: [256, 256, 128, 128] },
};

/** Which of the authors' networks a modality of ours has. */
const alike: Readonly<Record<string, string>> = { audio: "vggish", text: "bert" };

/** The order in which the authors join modalities, and ours in their places. */
export const modalityOrder = ["video", "vggish", "audio", "bert", "text"] as const;

/** The authors' sizes for modalities of these widths. */
export function usualFrameSizes(
  form: FrameForm,
  widths: readonly { readonly name: string; readonly width: number }[],
): FrameSizes {
  const modalities = widths.map(({ name, width }) => {
    const found = channels[form][alike[name] ?? name];
    if (found) return { name, width, channels: found };
    throw new TypeError(
      `Cannot size ${form.toUpperCase()}: it knows ${modalityOrder.join(", ")}: got "${name}"`,
    );
  });
  const width = form === "lfan" ? 32 : 128;
  return { form, modalities, taps: 5, width, heads: 2, classes: 2 };
}

/** The share of numbers that the authors drop in training, by form. */
export const usualDropout: Readonly<Record<FrameForm, number>> = { lfan: 0.1, can: 0.2 };

/** Every parameter and running statistic with its shape, by the authors' names. */
export function frameShapes(sizes: FrameSizes): Map<string, Shape> {
  const { form, modalities, taps, width, classes } = sizes;
  const shapes = new Map<string, Shape>();
  const linear = (name: string, inputs: number, outputs: number) =>
    shapes.set(`${name}.weight`, [outputs, inputs]).set(`${name}.bias`, [outputs]);
  const norm = (name: string, columns: number) =>
    shapes.set(`${name}.weight`, [columns]).set(`${name}.bias`, [columns]);
  const batchNorm = (name: string, columns: number) =>
    norm(name, columns)
      .set(`${name}.running_mean`, [columns]).set(`${name}.running_var`, [columns]);
  for (const { name, width: first, channels } of modalities) {
    for (const [i, outputs] of channels.entries()) {
      const inputs = channels[i - 1] ?? first, block = `temporal.${name}.network.${i}`;
      for (const [conv, from] of [["conv1", inputs], ["conv2", outputs]] as const) {
        shapes.set(`${block}.${conv}.bias`, [outputs])
          .set(`${block}.${conv}.weight_g`, [outputs, 1, 1])
          .set(`${block}.${conv}.weight_v`, [outputs, from, taps]);
      }
      if (inputs !== outputs) {
        shapes.set(`${block}.downsample.weight`, [outputs, inputs, 1])
          .set(`${block}.downsample.bias`, [outputs]);
      }
    }
  }
  const lasts = modalities.map(({ channels }) => channels.at(-1) ?? 0);
  const joined = modalities.length * width;
  for (const [i, { name }] of modalities.entries()) batchNorm(`bn.${name}`, lasts[i] ?? 0);
  if (form === "lfan") {
    for (const [i, { name }] of modalities.entries()) {
      linear(`fusion.layers.self_attn.qkv_proj.${name}`, lasts[i] ?? 0, 3 * width);
    }
    linear("fusion.layers.self_attn.o_proj", joined, joined);
    norm("fusion.layers.norm1", joined);
    linear("regressor", (lasts[0] ?? 0) + joined, classes);
  } else {
    for (const i of modalities.keys()) linear(`fuse.attn.${i}`, lasts[i] ?? 0, width);
    linear("fuse.weights", joined, joined);
    linear("fc1", joined, joined);
    batchNorm("bn1", joined);
    linear("fc2", joined, classes);
  }
  return shapes;
}

/** Whether a name is that of a running statistic, which no gradient changes. */
export const isStatistic = (name: string): boolean => /\.running_(mean|var)$/.test(name);

/** The names of the layers of batch norm. */
export function batchNorms(sizes: FrameSizes): string[] {
  const own = sizes.modalities.map(({ name }) => `bn.${name}`);
  return sizes.form === "can" ? [...own, "bn1"] : own;
}
