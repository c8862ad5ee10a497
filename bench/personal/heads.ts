import type { Device } from "../../engine/mod.ts";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { usualSizes } from "../../model/clip_au/head_parameters.ts";
import { prepareSamples } from "../../train/prepare_samples.ts";
import type { Sample } from "../../train/sample.ts";
import { beginTraining, trainHead, type TrainSettings } from "../../train/train_head.ts";
import { classes, labelOf } from "../../demo/dataset/cast.ts";
import type { PersonFeatures } from "../../demo/dataset/drawn_features.ts";

/** Clips of a source person that define their neutral face. */
export const enrolledClips = 3;

/** The last people are held out of training; their clips decide which epoch is kept. */
export const heldPeople = 10;

/** The first clips of a person without pain. */
export function neutralClips(person: PersonFeatures, count: number): Float32Array<ArrayBuffer>[] {
  return person.filter((_, clip) => labelOf(clip) === 0).slice(0, count);
}

/**
 * Trains a head on drawn people, on features as they are or minus each person's neutral mean; in the latter
 * case with resting faces and gains that vary.
 */
export async function trainDrawnHead(
  device: Device,
  clip: Clip,
  people: readonly PersonFeatures[],
  { seed, centre, vary, signal }: {
    readonly seed: number;
    readonly centre: boolean;
    /** Whether resting faces and gains vary in training. */
    readonly vary: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Head> {
  const { embedding: width } = clip.config;
  const samples = people.map((person, number) =>
    person.map((features, i): Sample => ({
      id: `${number}/${i}`,
      subject: `${number}`,
      label: labelOf(i),
      key: `${number}/${i}`,
      features: () => Promise.resolve(features),
    }))
  );
  const split = {
    train: samples.slice(0, -heldPeople).flat(),
    held: samples.slice(-heldPeople).flat(),
  };
  const enrolled = centre ? enrolledClips : undefined;
  const prepared = await prepareSamples(split, { width, enrolled, vary });
  const settings: TrainSettings = {
    epochs: 10,
    patience: 10,
    batch: 8,
    frames: 20,
    rate: 1e-3,
    decay: 1e-4,
    seed,
  };
  const data = {
    sizes: usualSizes(width, auPrompts.length, classes.length),
    texts: await clip.encodeTexts(auPrompts),
    samples: prepared.samples,
    jitter: prepared.jitter,
  };
  const { best } = await trainHead(device, settings, data, beginTraining(settings, data), {
    signal,
  });
  return {
    parameters: best,
    classes,
    auPrompts,
    clip: await clip.identity(),
    neutral: prepared.neutral,
    rest: prepared.rest,
  };
}
