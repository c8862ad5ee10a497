import type { DatasetKind, ListedClip, Media } from "../dataset.ts";
import { isAnnotation, readAnnotation } from "./bah_annotation.ts";
import { readFrames } from "./bah_frames.ts";
import { type BahVideo, readBahVideo, readParts } from "./bah_video.ts";
import { restingTasks } from "../resting_clips.ts";
import { type LabelFile, labelReader, readEach } from "./label_checks.ts";
import { readSegments, segmentColumns } from "./segments.ts";

/**
 * BAH: videos (`PATH.mp4,LABEL,TRANSCRIPT`; the transcript may contain commas), frames
 * (`PATH.mp4/frame-N.jpg,LABEL`), segments (`video,segment_id,label,num_frames,start_frame,end_frame`), or
 * `video_annotation.yaml` (`PATH.mp4: {frame_annotation: [[FRAME, LABEL], …]}`). The first line decides which.
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
    if (isAnnotation(first)) return readAnnotation(file);
    if (first.trim() === segmentColumns) return readSegments(file, readBahVideo);
    return /\.mp4\/frame-\d+\.\w+,[^,]*$/.test(first) ? readFrames(file) : readVideos(file);
  }),
  resting: restingTasks(["Question 1"]),
  named(video) {
    const [, subject, question] = /^([^_]+)_Question_([1-7])_/.exec(video) ?? [];
    return subject === undefined
      ? `wanted a video named SUBJECT_Question_N_…: got "${video}"`
      : { subject, task: `Question ${question}` };
  },
};

function readVideos({ lines, classes, faults }: LabelFile): ListedClip[] {
  return readEach(lines, faults, ({ line, text }) => {
    const [, path = "", number = "", said] = /^([^,]*),([^,]*)(?:,([^\r]*))?$/.exec(text) ?? [];
    if (path === "") return `wanted VIDEO,LABEL: got "${text.slice(0, 120)}"`;
    const read = readParts(path, number, classes);
    if (typeof read === "string") return read;
    const { subject, task, video } = read.video, { label } = read;
    const transcript = said === undefined ? {} : { transcript: said.trim() };
    const clip = { id: video, subject, video, label, task, ...transcript };
    const media = wholeVideo(read.video), transcripts = transcriptsOf(read.video);
    return { ...clip, line, media, transcripts };
  });
}

/** A whole video: the file, or the folder of its crops. */
function wholeVideo({ names }: BahVideo): Media {
  return {
    kind: "video",
    names: names.flatMap((name) => [`cropped-aligned-faces/${name}`, name]),
  };
}

/** Where its transcript may be: in a folder that is named as the video, with and without the video's ending. */
function transcriptsOf({ names }: BahVideo): string[] {
  return names.flatMap((name) => {
    const file = name.slice(name.lastIndexOf("/") + 1), bare = file.replace(/\.mp4$/, "");
    return [bare, file].flatMap((title) =>
      ["yml", "yaml"].map((ending) => `transcription/${name}/${title}.${ending}`)
    );
  });
}
