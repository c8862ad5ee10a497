import type { Device } from "../engine/mod.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import type { Clip } from "../model/clip/clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import type { Head } from "../model/clip_au/head_file.ts";
import { unitsByFrame } from "../model/clip_au/units_by_frame.ts";
import { ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import type { Enrolment } from "../media/features/enrolment.ts";
import { MethodDecider } from "./method_decider.ts";
import type { SourceCaches } from "../tta/tta_cap/source_cache.ts";
import { TunedDecider } from "./tuned_decider.ts";
import type { VideoDecider } from "./video_decider.ts";
import type { ChosenMethod } from "../app/infer/choose_method.ts";

/** What a method stands on. */
export interface DeciderSetup {
  readonly device: Device;
  readonly method: ChosenMethod;
  /** Undefined where the method takes none. */
  readonly head: Head | undefined;
  readonly classes: readonly string[];
  readonly sourceCaches: SourceCaches | undefined;
  /** Whether all videos are of one person, and the method goes on from each to the next. */
  readonly onePerson: boolean;
  /** The person's neutral face, if they are enrolled. */
  readonly enrolment: Enrolment | undefined;
}

/** What decides. */
export interface OpenedDecider {
  readonly decider: VideoDecider;
  /** What adapts, where that is CLIP-AUTT: what it has learnt of a person can be kept. */
  readonly autt: ClipAutt | undefined;
}

/** Opens a method on a CLIP; `owned` gets what must be given back. */
export async function openDecider(
  clip: Clip,
  setup: DeciderSetup,
  owned: DisposableStack,
): Promise<OpenedDecider> {
  const { device, method: { entry }, head, classes, sourceCaches, enrolment: neutral } = setup;
  const model = head && owned.use(await ClipAu.open(device, clip, head));
  if (model && entry.windowed) {
    const reset = setup.onePerson ? "subject" : "video";
    const autt = owned.use(await ClipAutt.open(model, { settings: entry.windowed, reset }));
    return { decider: new TunedDecider(autt, neutral), autt };
  }
  const options = { unitsByFrame: await tellUnits(clip, model), neutral };
  const stands = { device, clip, model, classes, sources: [], sourceCaches, draw: 0 };
  const decider = owned.use(await MethodDecider.open(entry, stands, options));
  return { decider, autt: undefined };
}

/** Tells frames by the Action Units; a model with a head has embedded its prompts already. */
async function tellUnits(
  clip: Clip,
  model: ClipAu | undefined,
): Promise<VideoDecider["unitsByFrame"]> {
  if (model) return (features) => model.unitsByFrame(features);
  const texts = await clip.encodeTexts(auPrompts);
  return (features) => unitsByFrame(features, texts, clip.config.embedding);
}
