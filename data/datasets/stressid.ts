import { parseCsv } from "../../io/files/csv.ts";
import type { DatasetKind, ListedClip, VideoFacts } from "../dataset.ts";
import { readFrameList } from "./frame_list.ts";
import { restingTasks } from "../resting_clips.ts";
import { type LabelFile, labelReader, readEach, readLabel } from "./label_checks.ts";

const columns = ["subject/task", "binary-stress", "affect3-class"];

/** `SUBJECT_Task`. */
function factsOf(folder: string, name: string): VideoFacts | string {
  const task = name.startsWith(`${folder}_`) ? name.slice(folder.length + 1) : "";
  return /^[A-Za-z]+\d?$/.test(task)
    ? { subject: folder, task }
    : `wanted a video named ${folder}_TASK: got "${name}"`;
}

/**
 * StressID: frames in `…/SUBJECT/SUBJECT_Task/image_N.jpg 1`, or the dataset's own `labels.csv`
 * (`subject/task,binary-stress,affect3-class`) with videos in `Videos/SUBJECT/SUBJECT_Task.mp4`.
 */
export const stressid: DatasetKind = {
  name: "stressid",
  classes: ["neutral", "stress"],
  targets: ["kycf", "uymz", "h8s1", "ctzy", "p9i3", "7h5u", "g7r2", "b9w0", "r3zm", "x1q3"],
  read: labelReader((file) =>
    /^\uFEFF?"?subject\/task/i.test(file.text) ? readTable(file) : readFrameList(file, factsOf)
  ),
  resting: restingTasks(["Breathing", "Relax"]),
  named(video) {
    const [subject = ""] = video.split("_");
    return factsOf(subject, video);
  },
};

function readTable({ text, classes, faults }: LabelFile): ListedClip[] {
  const { rows: [heading, ...rows], faults: unread } = parseCsv(text);
  faults.push(...unread);
  if (heading?.cells.join() !== columns.join()) {
    faults.push({ line: 1, why: `wanted the columns ${columns.join()}: got ${heading?.cells}` });
    return [];
  }
  return readEach(rows, faults, ({ line, cells }) => {
    if (cells.length !== columns.length) {
      return `wanted ${columns.length} columns: got ${cells.length}`;
    }
    const [name = "", number = ""] = cells, label = readLabel(number, classes);
    const [, subject, task] = /^([^/_]+)[/_]([A-Za-z]+\d?)$/.exec(name.trim()) ?? [];
    if (subject === undefined) return `wanted SUBJECT_TASK: got "${name}"`;
    if (typeof label === "string") return label;
    const video = `${subject}/${subject}_${task}`;
    const names = [`Videos/${video}.mp4`, `${video}.mp4`];
    return {
      id: video,
      subject,
      video,
      label,
      task,
      line,
      media: { kind: "video", names } as const,
    };
  });
}
