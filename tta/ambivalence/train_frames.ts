import { frameWindows, padFrames } from "../../data/frame_windows.ts";
import { shuffled } from "../../data/split_subjects.ts";
import type { Device } from "../../engine/mod.ts";
import { checkFrames, type FrameFeatures } from "../../model/frame_fusion/frame_reader.ts";
import {
  type FrameBatch,
  frameRate,
  frameSgd,
  FrameTrainer,
} from "../../model/frame_fusion/frame_trainer.ts";
import { type FrameParameters, initialFrames } from "../../model/frame_fusion/parameters.ts";
import { type FrameSizes, usualDropout } from "../../model/frame_fusion/sizes.ts";
import type { FitProgress } from "./fit_fusion.ts";

/**
 * Frames of a window, from one window to the next, and the learning rate of an epoch: sensible ones, and those
 * of BAH's authors, who also let frames count that only pad a clip.
 */
export const frameProtocols = {
  plain: { window: 96, hop: 48, rate: () => 0.01, paddingCounts: false },
  official: { window: 696, hop: 48, rate: frameRate, paddingCounts: true },
} as const;
/** The name of one of these. */
export type FrameProtocol = keyof typeof frameProtocols;

/** How LFAN and CAN learn. */
export interface FrameFitting {
  readonly steps: number;
  /** Windows in a step. */
  readonly batch: number;
  /** That of the protocol if left out. */
  readonly rate?: number | undefined;
  readonly seed: number;
  readonly protocol: FrameProtocol;
}

/** The usual settings. */
export const usualFrameFitting: FrameFitting = {
  steps: 300,
  batch: 4,
  seed: 1,
  protocol: "plain",
};

/** A clip as a model reads it, and its class. */
export interface FramedClip {
  readonly features: FrameFeatures;
  readonly label: number;
}

/** Is shown the parameters after each epoch, which is counted from 1. */
export interface EpochObserver {
  see(epoch: number, parameters: FrameParameters): Promise<void>;
}

/**
 * Trains LFAN or CAN from the start on windows of clips. In the plain protocol classes count alike. Shows the
 * parameters after each epoch, and after the last step, to whoever chooses among them; gives the last.
 */
export async function trainFrames(
  device: Device,
  sizes: FrameSizes,
  clips: readonly FramedClip[],
  { steps, batch, rate, seed, protocol }: FrameFitting,
  { signal, onStep }: FitProgress = {},
  best?: EpochObserver,
): Promise<FrameParameters> {
  const { hop, paddingCounts, ...settings } = frameProtocols[protocol];
  const lengths = clips.map(({ features }) => checkFrames(sizes, features));
  // What no clip reaches would be padding alone.
  const window = paddingCounts ? settings.window : Math.min(settings.window, Math.max(...lengths));
  const windows = clips.flatMap((clip, i) =>
    frameWindows(lengths[i] as number, window, hop).map(([first, last]) => ({ clip, first, last }))
  );
  const size = Math.min(batch, windows.length), perEpoch = Math.ceil(windows.length / size);
  const classWeights = weigh(sizes.classes, clips, !paddingCounts);
  using trainer = await FrameTrainer.open(device, initialFrames(sizes, seed), {
    ...{ ...frameSgd, batch: size, steps: window, dropout: usualDropout[sizes.form], seed },
  });
  let order: typeof windows = [], epoch = 0;
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    if (order.length < size) order = [...order, ...shuffled(windows, seed + ++epoch)];
    const some = order.splice(0, size);
    const given = batchOf(sizes, some, window, { classWeights, paddingCounts });
    await trainer.step(given, rate ?? settings.rate(Math.floor(step / perEpoch)));
    onStep?.(step + 1);
    if (best && ((step + 1) % perEpoch === 0 || step + 1 === steps)) {
      await best.see(Math.ceil((step + 1) / perEpoch), await trainer.parameters());
    }
  }
  return await trainer.parameters();
}

/** How much each class counts. */
function weigh(classes: number, clips: readonly FramedClip[], alike: boolean): number[] {
  return Array.from({ length: classes }, (_, label) => {
    const count = clips.filter((clip) => clip.label === label).length;
    return alike && count > 0 ? clips.length / (classes * count) : 1;
  });
}

function batchOf(
  { modalities }: FrameSizes,
  windows: readonly { readonly clip: FramedClip; readonly first: number; readonly last: number }[],
  length: number,
  { classWeights, paddingCounts }: {
    readonly classWeights: readonly number[];
    readonly paddingCounts: boolean;
  },
): FrameBatch {
  const features = Object.fromEntries(
    modalities.map(({ name, width }) => {
      const all = new Float32Array(windows.length * length * width);
      for (const [i, { clip, first, last }] of windows.entries()) {
        const frames = clip.features[name] as Float32Array;
        const own = frames.subarray(first * width, (last + 1) * width);
        all.set(padFrames(own, width, length), i * length * width);
      }
      return [name, all];
    }),
  );
  const labels = new Uint32Array(windows.length * length);
  const weights = new Float32Array(windows.length * length);
  for (const [i, { clip: { label }, first, last }] of windows.entries()) {
    const counted = paddingCounts ? length : last - first + 1;
    labels.fill(label, i * length, (i + 1) * length);
    weights.fill(classWeights[label] ?? 1, i * length, i * length + counted);
  }
  return { features, labels, weights };
}
