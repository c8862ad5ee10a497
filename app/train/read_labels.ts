import { join } from "node:path";
import { type LabelledVideo, parseFrameList, parseSegments } from "../../golden/label_files.ts";
import type { Split } from "../../data/split_subjects.ts";
import { usualClasses } from "../../model/clip_au/head_file.ts";
import { UsageError } from "../terminal/terminal.ts";

/** Reads labelled videos, and sees to it that their frames are there. */
export async function readLabels(
  path: string,
  root: string,
  least: number,
): Promise<LabelledVideo[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read the labels "${path}": ${(error as Error).message}`);
  }
  const table = path.endsWith(".csv");
  const named = table ? parseSegments(text, { least }) : parseFrameList(text);
  const frames = named.flatMap((video) => video.frames);
  if (frames.length === 0) throw new Error(`Cannot train on "${path}": it names no frame`);
  const missing = frames.filter((frame) => !existsSync(join(root, frame)));
  // A list means what it names; a table says from where to where, and frames may be missing between.
  if (missing.length > 0 && (!table || missing.length === frames.length)) {
    throw new Error(
      `Cannot find the frame "${join(root, missing[0] ?? "")}": say where with --root`,
    );
  }
  if (!table) return named;
  const gone = new Set(missing);
  return parseSegments(text, { least, exists: (frame) => !gone.has(frame) });
}

function existsSync(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The names of the classes, from label 0 on. */
export function nameClasses(videos: readonly LabelledVideo[], names: string | undefined): string[] {
  const count = 1 + Math.max(...videos.map(({ label }) => label));
  const classes = names?.split(",").map((name) => name.trim()) ?? usualClasses(count);
  if (classes.length < Math.max(count, 2)) {
    throw new UsageError(
      `Cannot train ${classes.length} classes: the labels go from 0 to ${
        count - 1
      }, and two classes ` +
        `are the fewest`,
    );
  }
  const unseen = classes.findIndex((_, label) => !videos.some((video) => video.label === label));
  if (unseen >= 0) {
    throw new UsageError(
      `Cannot train the class "${classes[unseen]}": no video has label ${unseen}`,
    );
  }
  return classes;
}

/**
 * Throws where a class has nobody to learn it from; gives what to warn of where one is not tested.
 */
export function checkClasses(
  { train, held }: Split<LabelledVideo>,
  classes: readonly string[],
): string[] {
  const has = (videos: readonly LabelledVideo[], label: number) =>
    videos.some((video) => video.label === label);
  const unlearnt = classes.find((_, label) => !has(train, label));
  if (unlearnt !== undefined) {
    throw new UsageError(
      `Cannot train the class "${unlearnt}": all of its videos are of people held out: choose another ` +
        `--seed, or hold out fewer with --held-out`,
    );
  }
  return classes.filter((_, label) => !has(held, label))
    .map((name) => `warning: no video of class "${name}" is held out: it is not tested`);
}
