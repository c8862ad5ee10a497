import { dirname } from "node:path";
import { readFolders } from "../../data/datasets/folder_layout.ts";
import type { DatasetKind, LabelFault, Labels } from "../../data/datasets/mod.ts";
import { checkSides, splitTargets } from "../../data/split_targets.ts";
import type { Split } from "../../data/split_subjects.ts";
import { UsageError } from "../terminal/terminal.ts";
import { say } from "../terminal/status_line.ts";
import { describeDataset, describeFaults } from "./dataset_report.ts";
import { findMedia, type FoundClip } from "../../data/find_media.ts";

/** How many people are adapted to where nobody names them: as in the papers. */
const targetCount = 10;

/** Which files say what there is. */
export interface DatasetFiles {
  readonly kind: DatasetKind;
  readonly classes: readonly string[];
  readonly labels: readonly string[];
  /** Of source people; none if `labels` are of all. */
  readonly sourceLabels: readonly string[];
  readonly root: string | undefined;
  readonly targets: readonly string[] | undefined;
  readonly seed: number;
  readonly skipMissing: boolean;
}

/**
 * Reads labels and looks for every file they name, before any model is loaded; tells what there is, and
 * throws where something is wrong.
 */
export async function readDataset(files: DatasetFiles): Promise<Split<FoundClip>> {
  const { labels, sourceLabels, seed, kind } = files;
  const first = labels[0] ?? "",
    root = files.root ?? (await isFolder(first) ? first : dirname(first));
  const wrong: string[] = [], missing: string[] = [];
  let passedOver = 0;
  const find = async (path: string, { clips, faults }: Labels): Promise<readonly FoundClip[]> => {
    wrong.push(...describeFaults(path, faults));
    if (faults.length > 0) return [];
    const found = await findMedia(root, clips);
    missing.push(...describeFaults(path, found.faults));
    passedOver += found.passedOver;
    return found.clips;
  };
  const readAll = async (paths: readonly string[]) => {
    const all: FoundClip[] = [];
    for (const path of paths) {
      all.push(...await find(path, kind.read(await readText(path), files.classes)));
    }
    return all;
  };
  if (await isFolder(first) && labels.length + sourceLabels.length > 1) {
    throw new UsageError(`Cannot read the folder "${first}" beside other labels: name it alone`);
  }
  const sided = await isFolder(first) ? await readFolders(first, kind, files.classes) : undefined;
  const named = sided ? await find(first, sided.targets) : await readAll(labels);
  const sources = sided ? await find(first, sided.sources) : await readAll(sourceLabels);
  wrong.push(...twiceIn(named, labels), ...twiceIn(sources, sourceLabels));
  for (const line of [...wrong, ...missing]) say(line);
  if (wrong.length > 0) {
    throw new Error("Cannot evaluate: labels are wrong as told above: nothing was guessed");
  }
  if (missing.length > 0 && !files.skipMissing) {
    throw new Error(
      "Cannot evaluate: files are missing as told above: say where they are with --root, or leave " +
        "their clips out with --skip-missing",
    );
  }
  if (named.length === 0) throw new Error("Cannot evaluate: no clip is left");
  if (passedOver > 0) say(`${passedOver} frames without a face are passed over`);
  const choice = { named: files.targets, usual: kind.targets, count: targetCount, seed };
  const split = !sided && sourceLabels.length === 0 ? splitTargets(named, choice) : {
    train: sources,
    held: files.targets ? named.filter(({ subject }) => files.targets?.includes(subject)) : named,
  };
  checkSides(split);
  for (const line of describeDataset(split, files.classes)) say(line);
  return split;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read the labels "${path}": ${(error as Error).message}`);
  }
}

/** Clips that two label files name. */
function twiceIn(clips: readonly FoundClip[], files: readonly string[]): string[] {
  const ids = new Set<string>(), twice: LabelFault[] = [];
  for (const { id } of clips) {
    if (ids.has(id)) twice.push({ why: `"${id}" is named in several of the files` });
    ids.add(id);
  }
  return describeFaults(files.join(", "), twice);
}
