import {
  type Device,
  type Operand,
  type Plan,
  Rng,
  type Tensor,
  type Weights,
} from "../engine/mod.ts";
import { readTexture } from "../engine/read.ts";
import { presentInputs } from "../engine/op.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import { loadTextTower } from "../model/clip/text_tower.ts";
import { TokenTable } from "../model/clip/token_table.ts";
import { WeightLoader } from "../model/clip/weights.ts";
import type { HeadSizes } from "../model/clip_au/head_parameters.ts";
import { packHead } from "../model/clip_au/head_weights.ts";
import { initialHead } from "../train/head_trainer.ts";
import type { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import type { TunerModel } from "../tta/clip_autt/tuning_step.ts";
import { drawContext, freshTuning, type TuningState } from "../tta/clip_autt/tuning.ts";
import { type ClipWindows, WindowEmbedder } from "../tta/clip_autt/window_embedder.ts";
import { smallClip, smallConfig } from "./small_clip.ts";

/** Sizes that are all different, so that a shape says what it belongs to. */
export const smallSizes: HeadSizes = {
  embedding: smallConfig.embedding,
  adapter: 20,
  units: 5,
  classifier: 12,
  classes: 3,
};

/** Sentences of different lengths: start, words, a full stop, end. */
const end = smallConfig.text.vocabulary - 1;
const sentences = [[2, 7, 9], [3, 9], [11, 12, 13, 14, 9], [5, 9], [6, 8, 7, 9]]
  .map((words) => [end - 1, ...words, end]);

/** A model to tune that takes milliseconds. */
export async function smallModel(device: Device, weights: Weights): Promise<TunerModel> {
  const checkpoint = new ClipCheckpoint(smallClip());
  const load = new WeightLoader(weights, checkpoint, { differentiable: true });
  return {
    device,
    config: smallConfig,
    text: {
      weights: await loadTextTower(load, smallConfig),
      tokens: await TokenTable.open(checkpoint),
      tunable: true,
    },
    head: await packHead(weights, initialHead(smallSizes, 3)),
    sizes: smallSizes,
    sentences,
  };
}

/** Clips of so many frames each, of made-up features, cut into windows of 4. */
export async function smallClips(
  model: TunerModel,
  frames: readonly number[],
): Promise<ClipWindows[]> {
  const rng = new Rng(8), width = model.config.embedding;
  using embedder = new WindowEmbedder(model.device, model.head, width);
  const clips: ClipWindows[] = [];
  for (const count of frames) {
    const features = Float32Array.from({ length: count * width }, () => rng.normal());
    clips.push(await embedder.embed(features, 4));
  }
  return clips;
}

/** The beginning of tuning for a tuner. */
export function smallStart(tuner: PromptTuner): TuningState {
  return freshTuning(drawContext(5, ...tuner.contextShape));
}

/** The operands of a plan that have memory of their own, outside of it: weights. */
export function weightsOf(plan: Plan): Operand[] {
  const all = plan.applications.flatMap(({ inputs }) =>
    presentInputs(inputs).map(([, operand]) => operand)
  );
  return [...new Set(all)].filter((operand) => {
    const storage = operand.kind === "packed" ? operand.storage : operand;
    return storage.place !== undefined && !plan.places.has(operand as Tensor);
  });
}

/** The bytes of a weight as they are on the device. */
export async function bytesOf(device: Device, operand: Operand): Promise<Uint8Array> {
  const storage = operand.kind === "packed" ? operand.storage : operand;
  const numbers = storage.kind === "texture"
    ? await device.answer(() => readTexture(device, storage))
    : await device.read(storage as Tensor);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
