import project from "../../deno.json" with { type: "json" };
import type { Enrolment } from "../../media/features/enrolment.ts";
import { headFingerprint } from "../../model/clip_au/head_parameters.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import type { ChosenMethod, NamedParts, Parts } from "./choose_parts.ts";

/** The project's version. */
export const projectVersion: string = project.version;

/** What outputs record so that a run can be reproduced. */
export type About = Awaited<ReturnType<typeof aboutReader>>;

/** Collects it for a reader. */
export async function aboutReader(
  { watcher: { clip }, observer, decider }: VideoReader,
  { method: { entry, told }, head: file, dsfda }:
    & Pick<NamedParts, "head">
    & Partial<Pick<NamedParts, "dsfda">>
    & { readonly method: ChosenMethod },
  { head, sources, classes }: Parts,
) {
  return {
    version: projectVersion,
    adapter: clip.device.adapter.name,
    /** The fingerprint of the schedule, asked for when something is written: it may grow until then. */
    schedule: () => clip.device.schedule.fingerprint,
    clip: await clip.identity(),
    /** Undefined if the method uses none. */
    head: head && { path: file?.name ?? "", fingerprint: await headFingerprint(head.parameters) },
    /** The source people, if the method uses them: how many. */
    sources: sources && { path: sources.path, people: sources.people.caches.v2.subjects.size },
    classes,
    auPrompts: observer.prompts,
    /** Undefined if nothing uses one. */
    enrolment: head?.neutral || observer.enrolment ? sizeOf(observer.enrolment) : undefined,
    /** Undefined with `--no-adapt`. */
    method: told,
    /** The unadapted method, reported as "before", of methods that decide on whole videos. */
    base: entry?.base?.name,
    /** Whether what decides was adapted to the person when they were enrolled. */
    adaptedBefore: dsfda?.enrolled ?? false,
    /** Whether decisions are based on all frames of a video rather than on a window. */
    whole: decider?.autt === undefined,
    /** Whether anybody's labels were learnt from; else CLIP's texts alone decide. */
    trained: head !== undefined || sources !== undefined,
    /** What else the page should tell, in sentences. */
    story: [] as readonly string[],
  };
}

/** What outputs may say about an enrolment: its size, and nothing about the face. */
const sizeOf = (enrolment: Enrolment | undefined) =>
  enrolment ? { frames: enrolment.frames, videos: enrolment.videos } : "none" as const;
