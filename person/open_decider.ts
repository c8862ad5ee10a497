import type { NeutralMean } from "../model/clip_au/neutral.ts";
import { ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import type { MethodEntry, MethodSetup } from "../tta/methods/mod.ts";
import { MethodDecider } from "./method_decider.ts";
import { TunedDecider } from "./tuned_decider.ts";
import type { VideoDecider } from "./video_decider.ts";

/** Whose videos a decider sees. */
export interface DeciderOptions {
  /** Whether all videos show one person, so that adaptation continues from one video to the next. */
  readonly onePerson: boolean;
  /** The person's resting face, for heads trained with `--centred`. */
  readonly neutral: NeutralMean | undefined;
}

/** Opens a method; whatever must be disposed is added to `owned`. */
export async function openDecider(
  entry: MethodEntry,
  setup: MethodSetup,
  { onePerson, neutral }: DeciderOptions,
  owned: DisposableStack,
): Promise<VideoDecider> {
  const { model } = setup, { windowed: settings } = entry;
  if (!model || !settings) return owned.use(await MethodDecider.open(entry, setup, neutral));
  const reset = onePerson ? "subject" : "video";
  const autt = owned.use(await ClipAutt.open(model, { settings, reset }));
  return new TunedDecider(autt, neutral, entry.adapts);
}
