import { type BahVideo, framesOfVideo, readBahVideo, wholeVideo } from "./bah_video.ts";
import type { DatasetKind, LabelFault, ListedClip } from "../dataset.ts";
import { clipFaults, labelLines, readLabel, sorted, textFault } from "./label_checks.ts";

/** A line of a label file. */
interface Line {
  readonly line: number;
  readonly text: string;
}

/** More frames than these are a slip. */
const mostFrames = 1e6;

/**
 * BAH: videos (`PATH.mp4,LABEL,TRANSCRIPT`, whose commas are its own), frames
 * (`PATH.mp4/frame-N.jpg,LABEL`) or segments
 * (`video,segment_id,label,num_frames,start_frame,end_frame`). The first line tells which.
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
    const [first, ...rest] = labelLines(text) as [Line, ...Line[]], faults: LabelFault[] = [];
    const clips = first.text.trim() === segmentColumns
      ? readSegments(rest, classes, faults)
      : /\.mp4\/frame-\d+\.\w+,[^,]*$/.test(first.text)
      ? readFrames([first, ...rest], classes, faults)
      : readVideos([first, ...rest], classes, faults);
    if (clips.length === 0 && faults.length === 0) faults.push({ why: "it names no clip" });
    return { clips, faults: sorted([...faults, ...clipFaults(clips)]) };
  },
  named(video) {
    const [, subject, question] = /^([^_]+)_Question_([1-7])_/.exec(video) ?? [];
    return subject === undefined
      ? `wanted a video named SUBJECT_Question_N_…: got "${video}"`
      : { subject, task: `Question ${question}` };
  },
};

/** What a video and a label in a line are, or why not. */
function readParts(path: string, number: string, classes: readonly string[]) {
  const video = readBahVideo(path), label = readLabel(number, classes);
  return typeof video === "string" ? video : typeof label === "string" ? label : { video, label };
}

function readVideos(lines: readonly Line[], classes: readonly string[], faults: LabelFault[]) {
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

/** Labels of frames: each run of frames with one label is a segment. */
function readFrames(lines: readonly Line[], classes: readonly string[], faults: LabelFault[]) {
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
      const media = framesOfVideo(video, first.frame, last.frame);
      return clipOf(video, label, `${video.video}#${first.frame}`, line, media);
    });
  });
}

const segmentColumns = "video,segment_id,label,num_frames,start_frame,end_frame";

function readSegments(lines: readonly Line[], classes: readonly string[], faults: LabelFault[]) {
  const ends = new Map<string, { start: number; end: number; line: number }[]>();
  return lines.flatMap(({ line, text }): ListedClip[] => {
    const cells = text.trim().split(","), [path = "", segment = "", number = ""] = cells;
    const read = cells.length === 6
      ? readParts(path, number, classes)
      : `wanted ${segmentColumns.split(",").length} columns: got ${cells.length}`;
    const refuse = (why: string) => {
      faults.push({ line, why });
      return [];
    };
    if (typeof read === "string") return refuse(read);
    if (!cells.slice(3).every((cell) => /^-?\d+$/.test(cell)) || !/^\d+$/.test(segment)) {
      return refuse(`wanted whole numbers: got "${[segment, ...cells.slice(3)].join()}"`);
    }
    const [count = NaN, start = NaN, end = NaN] = cells.slice(3).map(Number);
    if (count === 0 && end === start - 1) return []; // the data set has such: a segment of nothing
    if (start < 0 || end < start) return refuse(`frames from ${start} to ${end} are none`);
    if (count !== end - start + 1) {
      return refuse(`frames from ${start} to ${end} are ${end - start + 1}: it says ${count}`);
    }
    if (count > mostFrames) return refuse(`${count} frames are more than ${mostFrames}`);
    const { video, label } = read, known = ends.get(video.video) ?? [];
    const over = known.find((other) => start <= other.end && end >= other.start);
    ends.set(video.video, [...known, { start, end, line }]);
    if (over) {
      return refuse(`frames from ${start} to ${end} are those of line ${over.line} as well`);
    }
    const media = framesOfVideo(video, start, end);
    return [clipOf(video, label, `${video.video}#${segment}`, line, media)];
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
