import { cutFrames } from "../data/sampling.ts";

/** A video, or a part of one, with its label, as the released code reads it. */
export interface LabelledVideo {
  /** The path of the video; of a part, with the part's number. */
  readonly id: string;
  readonly label: number;
  /** Paths of its frames. */
  readonly frames: readonly string[];
}

/**
 * A list of frames, `…/SUBJECT/VIDEO/FRAME LABEL` a line, as the released code reads it: it takes the
 * first line for a heading and loses it, sorts frames by letters, so that `image120` comes before
 * `image80`, and gives a video its first label. `data/` reads such lists without these quirks.
 */
export function parseFrameList(text: string): LabelledVideo[] {
  const videos = new Map<string, { label: number; frames: string[] }>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    const [, frame = "", label = ""] = /^(.*\S)\s+(\S+)$/.exec(line.trim()) ?? [];
    if (frame === "") continue;
    const id = frame.slice(0, frame.lastIndexOf("/")), video = videos.get(id);
    if (video) video.frames.push(frame);
    else videos.set(id, { label: Number(label), frames: [frame] });
  }
  return [...videos].map(([id, { label, frames }]) => ({ id, label, frames: frames.sort() }));
}

/**
 * A table of segments of videos whose frames lie in `VIDEO/frame-N.jpg`, as the released code reads it:
 * segments of more than 100 frames are cut, and the last part has 20 at least.
 *
 * @param exists Whether a frame is there: those that are missing are left out.
 */
export function parseSegments(csv: string, exists: (frame: string) => boolean): LabelledVideo[] {
  return csv.split(/\r?\n/).slice(1).flatMap((line): LabelledVideo[] => {
    if (line.trim() === "") return [];
    const [video = "", segment = "", label = "", , first = "", last = ""] = line.split(",");
    const start = Number(first), count = Math.max(0, Number(last) - start + 1);
    const all = Array.from({ length: count }, (_, n) => `${video}/frame-${start + n}.jpg`);
    const parts = cutFrames(all.filter(exists), { most: 100, least: 20 });
    return parts.map((frames, part) => ({
      id: `${video}#${segment}${parts.length > 1 ? `.${part}` : ""}`,
      label: Number(label),
      frames,
    }));
  });
}
