import { join } from "node:path";
import type { DatasetClip, LabelFault, ListedClip, Media } from "./dataset.ts";
import { byNumber, isPicture } from "../media/video/open_frames.ts";
import { cutFrames } from "./sampling.ts";

/** A clip whose files exist: the paths of its pictures, or the path of a video. */
export interface FoundClip extends DatasetClip {
  readonly pictures: readonly string[];
  /** The video, instead of pictures. */
  readonly file?: string | undefined;
  /** The video that it is all of, for its sound: also where its pictures are a folder of crops. */
  readonly sound?: string | undefined;
  /** Names that a file with its transcript may have, relative to the root. */
  readonly transcripts?: readonly string[] | undefined;
}

/** Clips whose files exist, and what is wrong with the others. */
export interface FoundMedia {
  readonly clips: readonly FoundClip[];
  readonly faults: readonly LabelFault[];
  /** How many frames are missing that may be. */
  readonly passedOver: number;
}

/**
 * Looks for the files of clips under a root. Nothing is decoded.
 *
 * @param least The fewest frames that the last part of a cut clip may have; as its kind says if left out.
 */
export async function findMedia(
  root: string,
  listed: readonly ListedClip[],
  least?: number,
): Promise<FoundMedia> {
  const clips: FoundClip[] = [], faults: LabelFault[] = [], folders = new Folders();
  let passedOver = 0;
  for (const { media, line, ...clip } of listed) {
    const found = media.kind === "frames"
      ? await findFrames(root, media, folders, least)
      : await findVideo(root, media.names, folders);
    if (typeof found === "string") {
      faults.push({ line, why: `${clip.id}: ${found}` });
      continue;
    }
    passedOver += found.missing ?? 0;
    for (const [part, some] of found.parts.entries()) {
      const id = found.parts.length > 1 ? `${clip.id}.${part}` : clip.id;
      clips.push({ ...clip, id, pictures: some, file: found.file, sound: found.sound });
    }
  }
  return { clips, faults, passedOver };
}

interface Found {
  readonly parts: readonly (readonly string[])[];
  readonly file?: string;
  readonly sound?: string | undefined;
  readonly missing?: number;
}

async function findFrames(
  root: string,
  { folders: names, files, mayMiss, cut }: Media & { readonly kind: "frames" },
  folders: Folders,
  least = cut?.least ?? 0,
): Promise<Found | string> {
  for (const name of names) {
    const folder = join(root, name), there = await folders.list(folder);
    if (there === undefined) continue;
    const found = files.filter((file) => there.has(file)), missing = files.length - found.length;
    if (found.length === 0) return `none of its ${files.length} frames is in ${folder}`;
    if (missing > 0 && !mayMiss) {
      const first = files.find((file) => !there.has(file));
      return `${missing} of its ${files.length} frames are missing, such as ${
        join(folder, first ?? "")
      }`;
    }
    const paths = found.map((file) => join(folder, file));
    return { parts: cut ? cutFrames(paths, { ...cut, least }) : [paths], missing };
  }
  return `there is no folder ${join(root, names[0] ?? "")}`;
}

async function findVideo(
  root: string,
  names: readonly string[],
  folders: Folders,
): Promise<Found | string> {
  const statOf = (path: string) => Deno.stat(path).catch(() => undefined);
  for (const [i, name] of names.entries()) {
    const path = join(root, name), info = await statOf(path);
    if (info?.isFile) {
      return info.size === 0 ? `${path} is empty` : { parts: [[]], file: path, sound: path };
    }
    if (info?.isDirectory) {
      const there = [...await folders.list(path) ?? []].filter(isPicture);
      if (there.length === 0) return `there is no picture in ${path}`;
      const parts = [there.sort(byNumber).map((file) => join(path, file))];
      for (const other of names.slice(i + 1).map((other) => join(root, other))) {
        if ((await statOf(other))?.isFile) return { parts, sound: other };
      }
      return { parts };
    }
  }
  return `there is no ${join(root, names[0] ?? "")}`;
}

/** Lists folders once each, since a label file names thousands of frames of one folder. */
class Folders {
  readonly #known = new Map<string, Set<string> | undefined>();

  async list(path: string): Promise<ReadonlySet<string> | undefined> {
    if (this.#known.has(path)) return this.#known.get(path);
    let names: Set<string> | undefined = new Set();
    try {
      for await (const { name, isDirectory } of Deno.readDir(path)) {
        if (!isDirectory) names.add(name);
      }
    } catch {
      names = undefined;
    }
    this.#known.set(path, names);
    return names;
  }
}
