import { cutFrames } from "../data/sampling.ts";

/** A video, or a part of one, with its label. */
export interface LabelledVideo {
  /** Its path, and where it is a part, which. */
  readonly id: string;
  /** Whose it is: the same person is never on both sides of a split. */
  readonly subject: string;
  readonly label: number;
  /** Paths of its frames, in the order of time. */
  readonly frames: readonly string[];
}

/** Details in which the released code differs. */
export interface LabelFileOptions {
  /**
   * As the released code reads lists of frames: it takes the first line for a heading and loses it, and
   * sorts frames by letters, so that `image120` comes before `image80`, and a video has its first label.
   */
  readonly official?: boolean;
}

const inOrder = new Intl.Collator("en", { numeric: true }).compare;
const byLetters = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

/**
 * A list of frames: a line for each, `SUBJECT/VIDEO/FRAME LABEL`, with more folders in front or not. All
 * frames of a video have its label.
 */
export function parseFrameList(
  text: string,
  { official = false }: LabelFileOptions = {},
): LabelledVideo[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const videos = new Map<string, { label: number; frames: string[] }>();
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "" || (official && i === 0)) continue;
    const [, frame = "", number = ""] = /^(.*\S)\s+(\S+)$/.exec(line.trim()) ?? [];
    // Without a folder for the person each video would be a person of its own.
    if (frame.split("/").length < 3) {
      throw refuse(i, `wanted SUBJECT/VIDEO/FRAME LABEL: got "${line.slice(0, 200)}"`);
    }
    const label = readLabel(number, i), folder = frame.lastIndexOf("/");
    const id = frame.slice(0, folder), video = videos.get(id);
    if (video && video.label !== label && !official) {
      throw refuse(i, `the frames of "${id}" have the labels ${video.label} and ${label}`);
    }
    if (video) video.frames.push(frame);
    else videos.set(id, { label, frames: [frame] });
  }
  return [...videos].map(([id, { label, frames }]) => ({
    id,
    subject: id.split("/").at(-2) ?? id,
    label,
    frames: frames.sort(official ? byLetters : inOrder),
  }));
}

/** How segments become videos of a size. */
export interface SegmentOptions {
  /** Frames of a part: longer segments are cut. */
  readonly most?: number;
  /** The last part takes so many at least, from the part before it where it has fewer. */
  readonly least?: number;
  /** Whether a frame is there: those that are missing are passed over. */
  readonly exists?: (frame: string) => boolean;
}

/** More than these are a slip, and would take all of the memory. */
const mostFrames = 1e6, mostClasses = 999;

const columns = ["video", "segment_id", "label", "num_frames", "start_frame", "end_frame"];

/**
 * A table of segments of videos whose frames lie in `VIDEO/frame-N.jpg`; the subject is the folder after
 * the first: `Videos/SUBJECT/…`.
 */
export function parseSegments(
  csv: string,
  { most = 100, least = 20, exists = () => true }: SegmentOptions = {},
): LabelledVideo[] {
  const [heading = "", ...lines] = csv.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (heading.split(",").join() !== columns.join()) {
    throw refuse(0, `wanted the columns ${columns.join(",")}: got "${heading}"`);
  }
  return lines.flatMap((line, i): LabelledVideo[] => {
    if (line.trim() === "") return [];
    const [video = "", segment = "", label = "", , first = "", last = ""] = line.split(",");
    const [start, end] = [Number(first), Number(last)];
    if (!Number.isInteger(start) || !Number.isInteger(end) || first === "" || last === "") {
      throw refuse(i + 1, `wanted whole frame numbers: got "${first}" and "${last}"`);
    }
    if (end - start >= mostFrames) {
      throw refuse(i + 1, `${end - start + 1} frames are more than ${mostFrames}`);
    }
    const subject = video.split("/")[1];
    if (subject === undefined) throw refuse(i + 1, `wanted Videos/SUBJECT/…: got "${video}"`);
    const all = Array.from(
      { length: Math.max(0, end - start + 1) },
      (_, n) => `${video}/frame-${start + n}.jpg`,
    );
    const frames = all.filter(exists), number = readLabel(label, i + 1);
    const parts = cutFrames(frames, { most, least });
    return parts.map((some, part) => ({
      id: `${video}#${segment}${parts.length > 1 ? `.${part}` : ""}`,
      subject,
      label: number,
      frames: some,
    }));
  });
}

function readLabel(text: string, line: number): number {
  const label = Number(text);
  if (/^\d+$/.test(text.trim()) && label <= mostClasses) return label;
  throw refuse(line, `wanted a label, a whole number from 0 to ${mostClasses}: got "${text}"`);
}

function refuse(line: number, why: string): TypeError {
  return new TypeError(`Cannot read line ${line + 1} of the labels: ${why}`);
}
