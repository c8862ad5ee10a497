import type { DatasetKind, LabelFault, ListedClip } from "../dataset.ts";
import { type BahVideo, readBahVideo, wholeVideo } from "./bah_video.ts";
import { checked, type LabelLine, labelLines, readLabel, textFault } from "./label_checks.ts";
import { framesOfVideo, readSegments, segmentColumns } from "./segments.ts";

/**
 * BAH: videos (`PATH.mp4,LABEL,TRANSCRIPT`; the transcript may contain commas), frames
 * (`PATH.mp4/frame-N.jpg,LABEL`) or segments
 * (`video,segment_id,label,num_frames,start_frame,end_frame`). The first line decides which.
 */
export const bah: DatasetKind = {
  name: "bah",
  classes: ["neutral", "ambivalence"],
  targets: [
    ...["82711", "82687", "82585", "82592", "82598"],
    ...["82632", "82681", "82683", "82708", "82714"],
  ],
  read(text, classes) {
    const broken = textFault(text);
    if (broken) return { clips: [], faults: [broken] };
    const [first, ...rest] = labelLines(text) as [LabelLine, ...LabelLine[]],
      faults: LabelFault[] = [];
    const clips = first.text.trim() === segmentColumns
      ? readSegments(rest, classes, faults, readBahVideo)
      : /\.mp4\/frame-\d+\.\w+,[^,]*$/.test(first.text)
      ? readFrames([first, ...rest], classes, faults)
      : readVideos([first, ...rest], classes, faults);
    return checked(clips, faults);
  },
  named(video) {
    const [, subject, question] = /^([^_]+)_Question_([1-7])_/.exec(video) ?? [];
    return subject === undefined
      ? `wanted a video named SUBJECT_Question_N_…: got "${video}"`
      : { subject, task: `Question ${question}` };
  },
};

/** The video and the label of a line, or why they are invalid. */
function readParts(path: string, number: string, classes: readonly string[] | undefined) {
  const video = readBahVideo(path), label = readLabel(number, classes);
  return typeof video === "string" ? video : typeof label === "string" ? label : { video, label };
}

function readVideos(
  lines: readonly LabelLine[],
  classes: readonly string[] | undefined,
  faults: LabelFault[],
) {
  return lines.flatMap(({ line, text }): ListedClip[] => {
    const [, path = "", number = ""] = /^([^,]*),([^,]*)(?:,.*)?$/.exec(text) ?? [];
    const parts = path === "" ? `wanted VIDEO,LABEL: got "${text.slice(0, 120)}"` : undefined;
    const read = parts ?? readParts(path, number, classes);
    if (typeof read !== "string") {
      return [clipOf(read.video, read.label, read.video.video, line, wholeVideo(read.video))];
    }
    faults.push({ line, why: read });
    return [];
  });
}

/** Labels of frames: each run of frames with the same label becomes a segment. */
function readFrames(
  lines: readonly LabelLine[],
  classes: readonly string[] | undefined,
  faults: LabelFault[],
) {
  interface Frame {
    readonly line: number;
    readonly frame: number;
    readonly label: number;
    readonly video: BahVideo;
  }
  const frames = lines.flatMap(({ line, text }): Frame[] => {
    const [, path = "", number = "", label = ""] =
      /^(.*\.mp4)\/frame-(\d+)\.jpe?g,([^,]*)$/.exec(text.trim()) ?? [];
    const read = path === ""
      ? `wanted VIDEO.mp4/frame-N.jpg,LABEL: got "${text.slice(0, 200)}"`
      : readParts(path, label, classes);
    if (typeof read !== "string") return [{ line, frame: Number(number), ...read }];
    faults.push({ line, why: read });
    return [];
  });
  return [...Map.groupBy(frames, ({ video }) => video.video).values()].flatMap((some) => {
    const inOrder = [...some].sort((a, b) => a.frame - b.frame || a.line - b.line);
    const runs: Frame[][] = [];
    for (const one of inOrder) {
      const run = runs.at(-1), before = run?.at(-1);
      if (before?.frame === one.frame) {
        const why = `frame ${one.frame} is named in line ${before.line} as well`;
        faults.push({ line: one.line, why });
      } else if (run && before?.label === one.label && before.frame + 1 === one.frame) {
        run.push(one);
      } else runs.push([one]);
    }
    return runs.map((run): ListedClip => {
      const [first, last] = [run[0] as Frame, run.at(-1) as Frame], { video, label, line } = first;
      const media = framesOfVideo(video.names, first.frame, last.frame);
      return clipOf(video, label, `${video.video}#${first.frame}`, line, media);
    });
  });
}

function clipOf(
  { subject, task, video }: BahVideo,
  label: number,
  id: string,
  line: number,
  media: ListedClip["media"],
): ListedClip {
  return { id, subject, video, label, task, line, media };
}
