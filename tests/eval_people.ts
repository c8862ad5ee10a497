import { type Device, Rng } from "../engine/mod.ts";
import { madeUpClip } from "../bench/made_up_clip.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { Clip } from "../model/clip/clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { initialHead } from "../train/head_trainer.ts";
import type { MethodSetup, SourceClip } from "../tta/methods/mod.ts";
import { sharedDevice } from "./devices.ts";
import { roomyConfig } from "./small_clip.ts";
import { parseVocabulary } from "./small_vocabulary_parser.ts";

/** Width of the small model's features. */
export const width = roomyConfig.embedding;

/** A small model with a head that was never trained, set up for any method. */
export async function withSetup(
  body: (setup: MethodSetup & { readonly model: ClipAu }, device: Device) => Promise<void>,
  sources: readonly SourceClip[] = [],
): Promise<void> {
  const device = await sharedDevice();
  using clip = (await Clip.load(device, madeUpClip(roomyConfig, 5), { tunable: true }))
    .withTokenizer(new Tokenizer(await parseVocabulary()));
  const classes = ["neutral", "pain"];
  using model = await ClipAu.open(device, clip, {
    parameters: initialHead(usualSizes(width, auPrompts.length, 2), 4),
    classes,
    auPrompts,
    neutral: new Float32Array(width),
    rest: {
      direction: Float32Array.from({ length: width }, (_, i) => Math.sin(i)),
      offset: new Float32Array(width).fill(0.01),
      frames: 6,
    },
  });
  await body({ device, clip, model, classes, sources, draw: 0 }, device);
}

/** A clip of made-up features around a direction. */
export function madeUpSource(
  subject: string,
  label: number,
  seed: number,
  { task, around = () => 0, frames = 6 }: {
    readonly task?: string;
    readonly around?: (i: number) => number;
    readonly frames?: number;
  } = {},
): SourceClip {
  const rng = new Rng(seed);
  const features = Float32Array.from(
    { length: frames * width },
    (_, i) => around(i % width) + 0.2 * rng.normal(),
  );
  return {
    id: `${subject}/${seed}`,
    subject,
    label,
    task,
    features: () => Promise.resolve(features),
  };
}
