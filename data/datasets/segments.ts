import type { ListedClip, Media } from "../dataset.ts";
import { type LabelFile, readEach, readLabel } from "./label_checks.ts";

/** A video that a line names. */
export interface NamedVideo {
  readonly subject: string;
  readonly task?: string | undefined;
  readonly video: string;
  /** The paths that it may have on disk. */
  readonly names: readonly string[];
}

/** The heading of a table of segments. */
export const segmentColumns = "video,segment_id,label,num_frames,start_frame,end_frame";

/** More frames than these are taken for a mistake. */
const mostFrames = 1e6;

/** Longer segments are cut into parts, as in the released code. */
const cut = { most: 100, least: 20 };

/** A range of a video's frames; of crops, those without a detected face are missing. */
export function framesOfVideo(names: readonly string[], first: number, last: number): Media {
  return {
    kind: "frames",
    folders: names.flatMap((name) => [name, `cropped-aligned-faces/${name}`]),
    files: Array.from({ length: last - first + 1 }, (_, i) => `frame-${first + i}.jpg`),
    mayMiss: true,
    cut,
  };
}

/**
 * Reads segments, after a heading, of videos whose frames lie in `VIDEO/frame-N.jpg`.
 *
 * @param readVideo Reads a video's path; a string says why it can't.
 */
export function readSegments(
  { lines: [, ...lines], classes, faults }: LabelFile,
  readVideo: (path: string) => NamedVideo | string,
): ListedClip[] {
  const known = new Map<string, { start: number; end: number; line: number }[]>();
  return readEach(lines, faults, ({ line, text }) => {
    const cells = text.trim().split(","), [path = "", segment = "", number = ""] = cells;
    const named = readVideo(path), label = readLabel(number, classes);
    if (cells.length !== 6) return `wanted 6 columns: got ${cells.length}`;
    if (typeof named === "string") return named;
    if (typeof label === "string") return label;
    if (!cells.slice(3).every((cell) => /^-?\d+$/.test(cell)) || !/^\d+$/.test(segment)) {
      return `wanted whole numbers: got "${[segment, ...cells.slice(3)].join()}"`;
    }
    const [count = NaN, start = NaN, end = NaN] = cells.slice(3).map(Number);
    if (count === 0 && end === start - 1) return undefined; // BAH has such: a segment of nothing
    if (start < 0 || end < start) return `frames from ${start} to ${end} are none`;
    if (count !== end - start + 1) {
      return `frames from ${start} to ${end} are ${end - start + 1}: it says ${count}`;
    }
    if (count > mostFrames) return `${count} frames are more than ${mostFrames}`;
    const { subject, task, video, names } = named, others = known.get(video) ?? [];
    const over = others.find((other) => start <= other.end && end >= other.start);
    known.set(video, [...others, { start, end, line }]);
    if (over) return `frames from ${start} to ${end} are those of line ${over.line} as well`;
    const media = framesOfVideo(names, start, end);
    return { id: `${video}#${segment}`, subject, video, label, task, line, media };
  });
}
