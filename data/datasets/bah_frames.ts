import type { LabelFault, ListedClip } from "../dataset.ts";
import { type BahVideo, readParts } from "./bah_video.ts";
import { type LabelFile, readEach } from "./label_checks.ts";
import { framesOfVideo } from "./segments.ts";

/** A frame with its label. */
export interface LabelledFrame {
  readonly line: number;
  readonly frame: number;
  readonly video: BahVideo;
  readonly label: number;
}

/** A list with a line for each frame: `VIDEO.mp4/frame-N.jpg,LABEL`. */
export function readFrames({ lines, classes, faults }: LabelFile): ListedClip[] {
  const frames = readEach(lines, faults, ({ line, text }) => {
    const [, path = "", number = "", label = ""] =
      /^(.*\.mp4)\/frame-(\d+)\.jpe?g,([^,]*)$/.exec(text.trim()) ?? [];
    if (path === "") return `wanted VIDEO.mp4/frame-N.jpg,LABEL: got "${text.slice(0, 200)}"`;
    const read = readParts(path, label, classes);
    return typeof read === "string" ? read : { line, frame: Number(number), ...read };
  });
  return framesAsSegments(frames, faults);
}

/** Each run of frames with the same label becomes a segment, whatever the order in which they are named. */
export function framesAsSegments(
  frames: readonly LabelledFrame[],
  faults: LabelFault[],
): ListedClip[] {
  return [...Map.groupBy(frames, ({ video }) => video.video).values()].flatMap((some) => {
    const inOrder = [...some].sort((a, b) => a.frame - b.frame || a.line - b.line);
    const runs: [LabelledFrame, ...LabelledFrame[]][] = [];
    for (const one of inOrder) {
      const run = runs.at(-1), before = run?.at(-1);
      if (before?.frame === one.frame) {
        const why = `frame ${one.frame} is named in line ${before.line} as well`;
        faults.push({ line: one.line, why });
      } else if (run && before?.label === one.label && before.frame + 1 === one.frame) {
        run.push(one);
      } else runs.push([one]);
    }
    return runs.map(([first, ...others]): ListedClip => {
      const { frame, label, line, video: { subject, task, video, names } } = first;
      const media = framesOfVideo(names, frame, others.at(-1)?.frame ?? frame);
      return { id: `${video}#${frame}`, subject, video, label, task, line, media };
    });
  });
}
