import project from "../../deno.json" with { type: "json" };
import type { Enrolment } from "../../media/features/enrolment.ts";
import { clipName } from "../../model/clip/config.ts";
import { headFingerprint } from "../../model/clip_au/head_parameters.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import type { ChosenMethod, MethodFacts, NamedParts, Parts } from "./choose_parts.ts";

/** What outputs record so that a run can be reproduced. */
export interface About {
  readonly version: string;
  readonly adapter: string;
  readonly clip: { readonly name: string; readonly fingerprint: string };
  /** Undefined if the method uses none. */
  readonly head: { readonly path: string; readonly fingerprint: string } | undefined;
  /** The source people, if the method uses them: how many. */
  readonly sources: { readonly path: string; readonly people: number } | undefined;
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  /** How many frames and videos the enrolment is based on; "none" if the person is not enrolled. */
  readonly enrolment:
    | { readonly frames: number; readonly videos: number }
    | "none"
    /** The head uses no enrolment. */
    | undefined;
  /** Undefined with `--no-adapt`. */
  readonly method: MethodFacts | undefined;
  /** The unadapted method, reported as "before", of methods that decide on whole videos. */
  readonly base: string | undefined;
  /** Whether decisions are based on all frames of a video rather than on a window. */
  readonly whole: boolean;
}

/** The project's version. */
export const projectVersion: string = project.version;

/** Collects what the outputs of a reader record. */
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

/** What outputs may say about an enrolment: its size, and nothing about the face. */
const sizeOf = (enrolment: Enrolment | undefined) =>
  enrolment ? { frames: enrolment.frames, videos: enrolment.videos } : "none";
