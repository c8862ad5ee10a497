import { join } from "node:path";
import { type LabelledVideo, parseFrameList, parseSegments } from "../../train/label_files.ts";
import { UsageError } from "../terminal.ts";

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
  const videos = path.endsWith(".csv")
    ? parseSegments(text, { least, exists: (frame) => existsSync(join(root, frame)) })
    : parseFrameList(text);
  const frames = videos.flatMap((video) => video.frames);
  const missing = frames.find((frame) => !existsSync(join(root, frame)));
  if (missing !== undefined) {
    throw new Error(`Cannot find the frame "${join(root, missing)}": say where with --root`);
  }
  if (frames.length === 0) throw new Error(`Cannot train on "${path}": it names no frame`);
  return videos;
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
  const classes = names?.split(",").map((name) => name.trim()) ??
    Array.from({ length: count }, (_, i) => i === 0 ? "neutral" : `class ${i}`);
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
