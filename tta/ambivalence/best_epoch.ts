import type { Device } from "../../engine/mod.ts";
import type { FrameHead } from "../../model/frame_fusion/frame_file.ts";
import { type FrameFeatures, FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import type { FrameParameters } from "../../model/frame_fusion/parameters.ts";
import { bahAveragePrecision, type FrameLogits } from "../../numbers/scores/bah_scores.ts";
import { padFrames } from "../../data/frame_windows.ts";
import { logitsOfFrames } from "./decide_frames.ts";
import type { EpochObserver, FramedClip } from "./train_frames.ts";

/** The epoch whose parameters were kept, from 1, and what it was kept for. */
export interface ChosenEpoch {
  readonly epoch: number;
  readonly averagePrecision: number;
}

/** Keeps the parameters that are judged best: of equal ones the later, as BAH's authors have it. */
export class BestEpoch implements EpochObserver {
  readonly #judge: (parameters: FrameParameters) => Promise<number>;
  #kept: { readonly parameters: FrameParameters; readonly chosen: ChosenEpoch } | undefined;

  constructor(judge: (parameters: FrameParameters) => Promise<number>) {
    this.#judge = judge;
  }

  /** What was kept so far; undefined where nothing could be judged. */
  get kept() {
    return this.#kept;
  }

  /** Takes in the parameters after an epoch. */
  async see(epoch: number, parameters: FrameParameters): Promise<void> {
    const averagePrecision = await this.#judge(parameters);
    if (averagePrecision >= (this.#kept?.chosen.averagePrecision ?? -Infinity)) {
      this.#kept = { parameters, chosen: { epoch, averagePrecision } };
    }
  }
}

/**
 * What BAH's authors choose the epoch by: their average precision of the second class over all frames of those
 * held out, where frames count that only pad a clip.
 */
export async function officialFramePrecision(
  device: Device,
  parameters: FrameParameters,
  held: readonly FramedClip[],
  settings: Pick<FrameHead, "window" | "hop">,
): Promise<number> {
  const { classes, modalities } = parameters.sizes;
  using reader = new FrameReader(device, parameters);
  const labels: number[] = [], logits: FrameLogits[] = [];
  for (const { label, features } of held) {
    const padded: FrameFeatures = Object.fromEntries(
      modalities.map(({ name, width }) => [
        name,
        padFrames(features[name] as Float32Array<ArrayBuffer>, width, settings.window),
      ]),
    );
    const rows = await logitsOfFrames(reader, padded, settings);
    for (let at = 0; at < rows.length; at += classes) {
      labels.push(label);
      logits.push([...rows.subarray(at, at + classes)]);
    }
  }
  return bahAveragePrecision(labels, logits);
}
