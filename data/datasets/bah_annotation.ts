import {
  isYamlFault,
  parseYaml,
  yamlEntry,
  type YamlMap,
  yamlNumber,
} from "../../io/files/yaml.ts";
import type { LabelFault, ListedClip } from "../dataset.ts";
import { framesAsSegments, type LabelledFrame } from "./bah_frames.ts";
import { readBahVideo } from "./bah_video.ts";
import { type LabelFile, readEach, readLabel } from "./label_checks.ts";

/** Whether a file that begins with this line is `video_annotation.yaml`, in any style. */
export function isAnnotation(line: string): boolean {
  return /^\s*(\{|---|%YAML|#|\?|(["']?)[^,]*\.mp4\2\s*:)/.test(line);
}

/** Labels of frames as BAH's annotation has them: each run of frames with the same label becomes a segment. */
export function readAnnotation({ text, classes, faults }: LabelFile): ListedClip[] {
  const frames: LabelledFrame[] = [];
  for (const { before, text: part } of partsOf(text.replace(/^\uFEFF/, ""))) {
    const found: LabelFault[] = [];
    frames.push(...readPart(part, classes, found, before));
    faults.push(...found.map(({ line = 1, why }) => ({ line: line + before, why })));
  }
  return framesAsSegments(frames, faults);
}

/**
 * A file in block style by its videos: the annotation of all of BAH has a million frames, whose tree would take more than
 * a gigabyte.
 */
function* partsOf(text: string): Generator<{ readonly before: number; readonly text: string }> {
  const video = /^["']?[^\s"'#{[][^\n]*\.mp4["']?:[ \t]*\r?$/gm;
  const starts = [...text.matchAll(video)].map(({ index }) => index);
  let at = 0, before = 0;
  for (const end of [...starts, text.length]) {
    const part = text.slice(at, end);
    if (/^(?!---|%)[^#\s]/m.test(part)) yield { before, text: part };
    before += part.split("\n").length - 1;
    at = end;
  }
}

function readPart(
  text: string,
  classes: readonly string[] | undefined,
  faults: LabelFault[],
  before: number,
): LabelledFrame[] {
  const root = parseYaml(text);
  if (isYamlFault(root)) {
    faults.push(root);
    return [];
  }
  if (root.kind !== "map") {
    faults.push({ line: root.line, why: `wanted videos by their names: got a ${root.kind}` });
    return [];
  }
  return root.entries.flatMap((entry) => readVideo(entry, classes, faults, before));
}

function readVideo(
  [name, about]: YamlMap["entries"][number],
  classes: readonly string[] | undefined,
  faults: LabelFault[],
  before: number,
): LabelledFrame[] {
  const video = readBahVideo(name.text), list = yamlEntry(about, "frame_annotation");
  if (typeof video === "string" || list?.kind !== "list") {
    const why = "wanted a list named frame_annotation below the name of a video";
    faults.push(
      typeof video === "string"
        ? { line: name.line, why: video }
        : { line: (list ?? name).line, why },
    );
    return [];
  }
  return readEach(list.items, faults, (item): LabelledFrame | string => {
    const [number, text, ...others] = item.kind === "list" ? item.items : [];
    if (text?.kind !== "text" || !number || others.length > 0) return "wanted [FRAME, LABEL]";
    const frame = yamlNumber(number), label = readLabel(text.text, classes);
    if (frame === undefined || !Number.isSafeInteger(frame) || frame < 0) {
      const got = number.kind === "text" ? `"${number.text.slice(0, 60)}"` : `a ${number.kind}`;
      return `wanted a frame as a whole number from 0 on: got ${got}`;
    }
    return typeof label === "string" ? label : { line: item.line + before, frame, video, label };
  });
}
