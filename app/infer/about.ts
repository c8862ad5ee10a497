import project from "../../deno.json" with { type: "json" };
import type { Enrolment } from "../../media/features/enrolment.ts";
import { clipName } from "../../model/clip/config.ts";
import { headFingerprint } from "../../model/clip_au/head_parameters.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import type { ChosenMethod, MethodFacts } from "./choose_method.ts";
import type { NamedParts, Parts } from "./choose_parts.ts";

/** What an output must name so that it can be made again. */
export interface About {
  readonly version: string;
  readonly adapter: string;
  readonly clip: { readonly name: string; readonly fingerprint: string };
  /** Undefined where the method takes none. */
  readonly head: { readonly path: string; readonly fingerprint: string } | undefined;
  /** The people to learn from, where the method takes some: how many. */
  readonly sources: { readonly path: string; readonly people: number } | undefined;
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  /** The person's neutral face: how much it is of; "none" where nobody is enrolled. */
  readonly enrolment:
    | { readonly frames: number; readonly videos: number }
    | "none"
    /** The head does not ask for one. */
    | undefined;
  /** Undefined where nothing was to be adapted. */
  readonly method: MethodFacts | undefined;
  /** The unadapted method, reported as "before", of methods that decide on whole videos. */
  readonly base: string | undefined;
  /** Whether a decision is on all of a video's frames, or on a window of them. */
  readonly whole: boolean;
}

/** Our own version. */
export const projectVersion: string = project.version;

/** What a reader's outputs name. */
export async function aboutReader(
  { watcher: { clip }, observer, decider }: VideoReader,
  { method: { entry, told }, head: file }: Pick<NamedParts, "head"> & {
    readonly method: ChosenMethod;
  },
  { head, sources, classes }: Parts,
): Promise<About> {
  return {
    version: projectVersion,
    adapter: clip.device.adapter.name,
    clip: { name: clipName(clip.config), fingerprint: await clip.fingerprint() },
    head: head && { path: file?.name ?? "", fingerprint: headFingerprint(head.parameters) },
    sources: sources && { path: sources.path, people: sources.people.caches.v2.subjects.size },
    classes,
    auPrompts: observer.prompts,
    enrolment: head?.neutral && sizeOf(observer.enrolment),
    method: told,
    base: entry.base?.name,
    whole: decider.autt === undefined,
  };
}

/** What outputs may tell of an enrolment: how much it is of, and nothing of the face. */
const sizeOf = (enrolment: Enrolment | undefined) =>
  enrolment ? { frames: enrolment.frames, videos: enrolment.videos } : "none";
