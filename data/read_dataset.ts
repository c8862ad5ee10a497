import { dirname } from "node:path";
import { isFolder } from "../io/files/is_folder.ts";
import { readFolders } from "./datasets/folder_layout.ts";
import type { DatasetKind, FileFaults, LabelFault, Labels } from "./dataset.ts";
import { findMedia, type FoundClip } from "./find_media.ts";
import { findTranscripts } from "./find_transcripts.ts";

/** Label files, and how to read them. */
export interface LabelFiles {
  readonly kind: DatasetKind;
  /** The names of the classes; where they have none, labels are any whole numbers. */
  readonly classes: readonly string[] | undefined;
  /** Label files; or a single folder of SIDE/CLASS/VIDEO. */
  readonly labels: readonly string[];
  /** Label files of source people; empty if `labels` has everyone. */
  readonly sourceLabels: readonly string[];
  /** Where paths in label files start; the folder of the first label file if left out. */
  readonly root: string | undefined;
  /** The fewest frames that the last part of a cut clip may have; as the kind says if left out. */
  readonly least?: number | undefined;
}

/** The clips of label files whose files exist, and what is wrong with the others. */
export interface ReadDataset {
  readonly clips: readonly FoundClip[];
  /** The clips of source people, where they have labels of their own. */
  readonly sources: readonly FoundClip[] | undefined;
  /** Labels that can't be used. */
  readonly wrong: readonly FileFaults[];
  /** Clips whose files are missing. */
  readonly missing: readonly FileFaults[];
  /** How many frames are missing that may be. */
  readonly passedOver: number;
}

/** Reads labels and transcripts, and looks for every file they name. Nothing is decoded. */
export async function readDataset(files: LabelFiles): Promise<ReadDataset> {
  const { labels, sourceLabels, kind, classes } = files;
  const [first = ""] = labels, alone = labels.length + sourceLabels.length === 1;
  const folder = await isFolder(first);
  const root = files.root ?? (folder ? first : dirname(first));
  const wrong: FileFaults[] = [], missing: FileFaults[] = [];
  let passedOver = 0;
  const find = async (file: string, { clips, faults }: Labels): Promise<readonly FoundClip[]> => {
    wrong.push({ file, faults });
    if (faults.length > 0) return [];
    const found = await findMedia(root, clips, files.least);
    missing.push({ file, faults: found.faults });
    passedOver += found.passedOver;
    const spoken = await findTranscripts(root, found.clips);
    wrong.push(...spoken.wrong);
    return spoken.clips;
  };
  const readAll = async (paths: readonly string[]) => {
    const all: FoundClip[] = [];
    for (const path of paths) {
      all.push(...await find(path, kind.read(await readText(path), classes)));
    }
    wrong.push({ file: paths.join(", "), faults: namedTwice(all) });
    return all;
  };
  const sided = folder && alone ? await readFolders(first, kind, classes ?? []) : undefined;
  const clips = sided ? await find(first, sided.targets) : await readAll(labels);
  const sources = sided
    ? await find(first, sided.sources)
    : sourceLabels.length > 0
    ? await readAll(sourceLabels)
    : undefined;
  return { clips, sources, wrong, missing, passedOver };
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read the labels "${path}": ${(error as Error).message}`);
  }
}

/** Clips that several label files name. */
function namedTwice(clips: readonly FoundClip[]): LabelFault[] {
  const ids = new Set<string>(), twice: LabelFault[] = [];
  for (const { id } of clips) {
    if (ids.has(id)) twice.push({ why: `"${id}" is named in several of the files` });
    ids.add(id);
  }
  return twice;
}
