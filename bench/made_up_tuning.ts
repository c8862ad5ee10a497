import type { Device, Weights } from "../engine/mod.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { loadTextTower } from "../model/clip/text_tower.ts";
import { TokenTable } from "../model/clip/token_table.ts";
import { WeightLoader } from "../model/clip/weights.ts";
import { type HeadParameters, usualSizes } from "../model/clip_au/head_parameters.ts";
import { packHead } from "../model/clip_au/head_weights.ts";
import { initialHead } from "../train/head_trainer.ts";
import { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import type { TunerModel } from "../tta/clip_autt/tuning_step.ts";
import { drawContext, freshTuning, type TuningState } from "../tta/clip_autt/tuning.ts";
import type { TuningSettings } from "../tta/clip_autt/tuning_settings.ts";
import { type ClipWindows, WindowEmbedder } from "../tta/clip_autt/window_embedder.ts";
import { auSentencesLike } from "./au_prompt_lengths.ts";
import { madeUpClip } from "./made_up_clip.ts";

/** A model on made-up weights to tune, and a clip of 20 frames. */
export interface MadeUpTuning {
  readonly model: TunerModel;
  readonly checkpoint: ClipCheckpoint;
  readonly head: HeadParameters;
  readonly features: Float32Array<ArrayBuffer>;
}

/** Makes up what tuning is timed on. */
export async function madeUpTuning(
  device: Device,
  weights: Weights,
  config: ClipConfig,
): Promise<MadeUpTuning> {
  const checkpoint = new ClipCheckpoint(madeUpClip(config)), { embedding, text } = config;
  const sentences = auSentencesLike(text.vocabulary);
  const sizes = usualSizes(embedding, sentences.length, 2), head = initialHead(sizes, 1);
  const load = new WeightLoader(weights, checkpoint, { differentiable: true });
  const model: TunerModel = {
    device,
    config,
    text: {
      weights: await loadTextTower(load, config),
      tokens: await TokenTable.open(checkpoint),
      tunable: true,
    },
    head: await packHead(weights, head),
    sizes,
    sentences,
  };
  const features = Float32Array.from({ length: 20 * embedding }, (_, i) => Math.sin(i));
  return { model, checkpoint, head, features };
}

/** What one step of tuning takes in a mode. */
export interface MadeUpStep extends Disposable {
  readonly tuner: PromptTuner;
  readonly clips: readonly [ClipWindows];
  readonly start: TuningState;
}

/** Prepares a step: the windows are embedded. */
export async function madeUpStep(
  { model, features }: MadeUpTuning,
  settings: TuningSettings,
): Promise<MadeUpStep> {
  using embedder = new WindowEmbedder(model.device, model.head, model.config.embedding);
  const clips = [await embedder.embed(features, settings.window)] as const;
  const tuner = await PromptTuner.open(model, settings);
  const start = freshTuning(drawContext(settings.seed, ...tuner.contextShape));
  return { tuner, clips, start, [Symbol.dispose]: () => tuner[Symbol.dispose]() };
}
