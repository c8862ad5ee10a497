import { madeUpClip } from "../bench/made_up_clip.ts";
import { type Device, Rng } from "../engine/mod.ts";
import { Clip } from "../model/clip/clip.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { initialHead } from "../train/head_trainer.ts";
import { type Adaptation, ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import { smallConfig } from "./small_clip.ts";
import { parseVocabulary } from "./small_vocabulary_parser.ts";

/** Of one layer each, so that all that can fail is soon counted. */
const config: ClipConfig = {
  ...smallConfig,
  image: { ...smallConfig.image, width: 64, heads: 1, layers: 1 },
  text: { ...smallConfig.text, layers: 1 },
};

const auPrompts = ["a b", "b", "a a b"];
export const smallSettings = { ...tuningModes.paper, window: 2, contextTokens: 2, steps: 3 };

/** A model that adapts in milliseconds, with all that is above it. */
export async function openSmall(device: Device, reset: "video" | "subject" = "video") {
  using owned = new DisposableStack();
  const clip = owned.use(await Clip.load(device, madeUpClip(config, 5), { tunable: true }))
    .withTokenizer(new Tokenizer(await parseVocabulary()));
  const model = owned.use(
    await ClipAu.open(device, clip, {
      parameters: initialHead(usualSizes(config.embedding, auPrompts.length, 2), 4),
      classes: ["neutral", "pain"],
      auPrompts,
    }),
  );
  const autt = owned.use(await ClipAutt.open(model, { settings: smallSettings, reset }));
  const rest = owned.move();
  return { clip, model, autt, [Symbol.dispose]: () => rest[Symbol.dispose]() };
}

/** Pictures of noise, of the size that the tower takes. */
export function smallPictures(count: number): Uint8Array<ArrayBuffer>[] {
  const rng = new Rng(3), { size } = config.image;
  return Array.from(
    { length: count },
    () => Uint8Array.from({ length: size * size * 4 }, () => rng.integer(0, 256)),
  );
}

/** All of it, from loading a CLIP to the adapted decision on three pictures; nothing of it stays. */
export async function adaptOnce(device: Device): Promise<Adaptation> {
  using small = await openSmall(device);
  return await small.autt.adapt(await small.clip.images.encode(smallPictures(3)));
}

/** All numbers of an adaptation, to be compared bit for bit. */
export function numbersOf({ before, after, steps, moved }: Adaptation): number[] {
  return [
    ...[before, after].flatMap(({ probabilities, entropy, start, windowLogits }) => [
      ...probabilities,
      entropy,
      start,
      ...windowLogits,
    ]),
    ...steps.map(({ loss }) => loss),
    moved.distance,
    moved.largest,
  ];
}
