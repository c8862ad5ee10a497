import type { Device } from "../engine/mod.ts";
import { type Enrolment, enrolmentMismatch } from "../media/features/enrolment.ts";
import { type Faces, openWatcher } from "../media/features/open_watcher.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { wantsMirrored } from "../model/clip/mirrored.ts";
import type { Precision } from "../model/clip/precision.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import type { Head } from "../model/clip_au/head_file.ts";
import type { MethodEntry } from "../tta/methods/mod.ts";
import { type Dsfda, shownSide } from "../tta/dsfda/dsfda.ts";
import type { LatentPft } from "../tta/pft/latent_pft.ts";
import { checkLatentPft } from "../tta/pft/latent_pft_file.ts";
import { checkSourcePeople, type SourcePeople } from "../tta/tta_cap/source_cache_file.ts";
import { Observer } from "./observe.ts";
import { openDecider } from "./open_decider.ts";
import { VideoReader } from "./video_reader.ts";

/** What a reader needs to apply a method. */
export interface ReaderSetup {
  readonly device: Device;
  /** Path of the CLIP. */
  readonly model: string;
  /** How its weights are kept; `f32` if left out. */
  readonly precision?: Precision | undefined;
  /** The method; undefined to observe without deciding. */
  readonly entry: MethodEntry | undefined;
  /** Undefined if the method uses none. */
  readonly head: Head | undefined;
  readonly classes: readonly string[];
  /** The person's own translator, if the method is latent PFT. */
  readonly translator?: LatentPft | undefined;
  /** DSFDA's networks, if that is the method. */
  readonly dsfda?: Dsfda | undefined;
  /** The source people, if the method uses them, with the name of their file for messages. */
  readonly sources: { readonly path: string; readonly people: SourcePeople } | undefined;
  /** Whether all videos show one person, so that adaptation continues from one video to the next. */
  readonly onePerson: boolean;
  readonly faces: Faces;
  /** The person's resting face, if they are enrolled: for Action Units, and for heads trained with `--centred`. */
  readonly enrolment: Enrolment | undefined;
}

/** Loads the models that a method needs. */
export async function openReader(setup: ReaderSetup): Promise<VideoReader> {
  const { device, precision, entry, head, classes, sources, onePerson, enrolment } = setup;
  using owned = new DisposableStack();
  const tunable = entry !== undefined &&
    (entry.needs.includes("gradients") || entry.windowed !== undefined);
  const mirrored = wantsMirrored(head?.clip, setup.translator?.clip, sources?.people.clip);
  const clip = owned.use(await loadClip(device, setup.model, { tunable, precision, mirrored }));
  const name = await clip.identity();
  if (setup.translator) await checkLatentPft(setup.translator, clip);
  if (sources) checkSourcePeople(sources.path, sources.people, { classes, clip: name });
  const model = head && owned.use(await ClipAu.open(device, clip, head));
  const watcher = owned.use(await openWatcher(clip, setup.faces));
  if (setup.dsfda) watcher.keepPictures(shownSide(setup.dsfda));
  const neutral = head?.neutral && enrolment;
  // An enrolment that no decision rests on may be of another CLIP.
  const fits = enrolment && !enrolmentMismatch(enrolment, await watcher.featureKind());
  const rest = neutral ?? (fits ? enrolment : undefined);
  const observer = await Observer.open(watcher, { model, enrolment: rest });
  const stands = { device, clip, model, classes, sources: [], draw: 0 };
  const decider = entry && await openDecider(
    entry,
    {
      ...stands,
      sourceCaches: sources?.people.caches,
      translator: setup.translator,
      dsfda: setup.dsfda,
    },
    { onePerson, neutral },
    owned,
  );
  return new VideoReader(watcher, observer, decider, owned.move());
}
