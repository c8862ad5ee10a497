import type { DatasetKind, ListedClip, Media } from "../dataset.ts";
import { type LabelFile, labelReader, pathFault, readEach, readLabel } from "./label_checks.ts";
import { framesOfVideo, type NamedVideo, readSegments, segmentColumns } from "./segments.ts";

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
  read: labelReader((file) => {
    const first = file.lines[0]?.text ?? "";
    if (first.trim() === segmentColumns) return readSegments(file, readBahVideo);
    return /\.mp4\/frame-\d+\.\w+,[^,]*$/.test(first) ? readFrames(file) : readVideos(file);
  }),
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

function readVideos({ lines, classes, faults }: LabelFile): ListedClip[] {
  return readEach(lines, faults, ({ line, text }) => {
    const [, path = "", number = "", said] = /^([^,]*),([^,]*)(?:,([^\r]*))?$/.exec(text) ?? [];
    if (path === "") return `wanted VIDEO,LABEL: got "${text.slice(0, 120)}"`;
    const read = readParts(path, number, classes);
    if (typeof read === "string") return read;
    const { subject, task, video } = read.video, { label } = read;
    const transcript = said === undefined ? {} : { transcript: said.trim() };
    const clip = { id: video, subject, video, label, task, ...transcript };
    return { ...clip, line, media: wholeVideo(read.video) };
  });
}

/** Labels of frames: each run of frames with the same label becomes a segment. */
function readFrames({ lines, classes, faults }: LabelFile): ListedClip[] {
  const frames = readEach(lines, faults, ({ line, text }) => {
    const [, path = "", number = "", label = ""] =
      /^(.*\.mp4)\/frame-(\d+)\.jpe?g,([^,]*)$/.exec(text.trim()) ?? [];
    if (path === "") return `wanted VIDEO.mp4/frame-N.jpg,LABEL: got "${text.slice(0, 200)}"`;
    const read = readParts(path, label, classes);
    return typeof read === "string" ? read : { line, frame: Number(number), ...read };
  });
  return [...Map.groupBy(frames, ({ video }) => video.video).values()].flatMap((some) => {
    const inOrder = [...some].sort((a, b) => a.frame - b.frame || a.line - b.line);
    const runs: [typeof frames[number], ...typeof frames][] = [];
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

/** What a video's path says about it; `video` has an underscore between date and time. */
type BahVideo = NamedVideo & { readonly task: string };

/**
 * `Videos/SUBJECT/Visite_1/SUBJECT_Question_N_DATE_TIME_Video.mp4`. Some lists write a blank between
 * date and time where others have an underscore: it is the same video.
 */
function readBahVideo(path: string): BahVideo | string {
  const wrong = pathFault(path);
  if (wrong !== undefined) return wrong;
  const [, subject, question] =
    /(?:^|\/)Videos\/([^/]+)\/[^/]+\/\1_Question_([1-7])_[^/]+\.mp4$/.exec(path) ?? [];
  if (subject === undefined) {
    return "wanted Videos/SUBJECT/VISIT/SUBJECT_Question_N_….mp4, N from 1 to 7: got " +
      `"${path.slice(0, 200)}"`;
  }
  const between = /(\d{4}-\d\d-\d\d)[ _](\d\d-\d\d-\d\d)/;
  const forms = ["_", " "].map((mark) => path.replace(between, `$1${mark}$2`));
  return {
    subject,
    task: `Question ${question}`,
    video: forms[0] ?? path,
    names: [...new Set([path, ...forms])],
  };
}

/** A whole video: the file, or the folder of its crops. */
function wholeVideo({ names }: BahVideo): Media {
  return {
    kind: "video",
    names: names.flatMap((name) => [`cropped-aligned-faces/${name}`, name]),
  };
}
