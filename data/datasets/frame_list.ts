import type { ListedClip, Media, VideoFacts } from "../dataset.ts";
import { byNumber, isPicture } from "../../media/video/open_frames.ts";
import { type LabelFile, pathFault, readEach, readLabel } from "./label_checks.ts";

/** Endings of files that are read as videos. */
const videos = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv)$/i;

/** Whether the first line of a label file is one of a list: a path, a blank and a label. */
export function isListed(line: string): boolean {
  const path = line.trim().replace(/\s+[^\s,]+$/, "");
  return !line.includes(",") || isPicture(path) || videos.test(path);
}

interface Group {
  readonly line: number;
  readonly label: number;
  readonly facts: VideoFacts;
  readonly files: Map<string, number>;
}

/**
 * A list with a line for each frame (`…/SUBJECT/VIDEO/FRAME.jpg LABEL`) or for each video
 * (`…/SUBJECT/VIDEO.mp4 LABEL`). Paths may contain blanks: the label follows the last one. A first line
 * that ends in the word "label" is a heading.
 *
 * @param facts Reads the last two parts of a video's path; a string says why it can't.
 */
export function readFrameList(
  { lines, classes, faults }: LabelFile,
  facts: (folder: string, name: string) => VideoFacts | string,
): ListedClip[] {
  const groups = new Map<string, Group>(), heading = /\slabel$/i.test(lines[0]?.text.trim() ?? "");
  readEach(heading ? lines.slice(1) : lines, faults, ({ line, text }) => {
    const [, path = "", number = ""] = /^(.*\S)\s+(\S+)$/.exec(text.trim()) ?? [];
    if (path === "") {
      return `wanted a path, a blank and a label: got "${text.trim().slice(0, 200)}"`;
    }
    const wrong = pathFault(path), label = readLabel(number, classes);
    if (wrong !== undefined) return wrong;
    if (typeof label === "string") return label;
    const whole = videos.test(path);
    if (!whole && !isPicture(path)) return `wanted a picture or a video: got "${path}"`;
    const parts = path.split("/"), file = whole ? "" : parts.pop() ?? "";
    const [folder = "", name = ""] = parts.slice(-2);
    if (parts.length < 2 || folder === "") {
      return `wanted SUBJECT/VIDEO${whole ? "" : "/FRAME"} and a label: got "${path}"`;
    }
    const video = parts.join("/"), told = facts(folder, whole ? name.replace(videos, "") : name);
    if (typeof told === "string") return told;
    if (told.label !== undefined && told.label !== label) {
      return `its name says "${classes?.[told.label]}" and its label "${classes?.[label]}"`;
    }
    const group = groups.get(video);
    if (!group) {
      groups.set(video, { line, label, facts: told, files: new Map([[file, line]]) });
      return undefined;
    }
    if (group.label !== label) {
      return `"${video}" has label ${label} here and ${group.label} in line ${group.line}`;
    }
    const twice = group.files.get(file);
    if (twice !== undefined) return `"${path}" is named in line ${twice} as well`;
    group.files.set(file, line);
    return undefined;
  });
  return [...groups].map(([video, { line, label, facts, files }]): ListedClip => {
    const names = [...files.keys()].sort(byNumber);
    const media: Media = files.has("")
      ? { kind: "video", names: [video] }
      : { kind: "frames", folders: [video], files: names, mayMiss: false };
    const { subject, task } = facts;
    return { id: video, subject, video, label, task, line, media };
  });
}
