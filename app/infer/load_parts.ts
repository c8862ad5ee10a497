import { type Head, loadHead } from "../../model/clip_au/head_file.ts";
import { loadSourcePeople, type SourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import type { InferCommand } from "./command.ts";

/** What a method stands on beside the CLIP. */
export interface Parts {
  /** Undefined where the method takes none: one that is named lends the names of its classes. */
  readonly head: Head | undefined;
  readonly classes: readonly string[];
  /** The people to learn from, where the method takes some. */
  readonly sources: SourcePeople | undefined;
}

/** Reads the head and the source people, as far as the method takes them, and finds the classes. */
export async function loadParts({ method, head, sources, classes }: InferCommand): Promise<Parts> {
  const named = head && await loadHead(head.path, classes);
  const people = sources && await loadSourcePeople(sources.path);
  return {
    head: method.entry.needs.includes("head") ? named : undefined,
    classes: named?.classes ?? classes ?? people?.classes ?? [],
    sources: people,
  };
}
