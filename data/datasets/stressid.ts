import { parseCsv } from "../../io/files/csv.ts";
import type { DatasetKind, LabelFault, Labels, ListedClip, VideoFacts } from "../dataset.ts";
import { readFrameList } from "./frame_list.ts";
import { checked, readLabel, textFault } from "./label_checks.ts";

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
  read: (text, classes) =>
    /^\uFEFF?"?subject\/task/i.test(text)
      ? readTable(text, classes)
      : readFrameList(text, classes, factsOf),
  named(video) {
    const [subject = ""] = video.split("_");
    return factsOf(subject, video);
  },
};

function readTable(text: string, classes: readonly string[] | undefined): Labels {
  const broken = textFault(text);
  if (broken) return { clips: [], faults: [broken] };
  const { rows: [heading, ...rows], faults: unread } = parseCsv(text);
  const faults: LabelFault[] = [...unread], clips: ListedClip[] = [];
  if (heading?.cells.join() !== columns.join()) {
    faults.push({ line: 1, why: `wanted the columns ${columns.join()}: got ${heading?.cells}` });
    return { clips, faults };
  }
  for (const { line, cells } of rows) {
    const [name = "", number = ""] = cells;
    const [, subject = "", task = ""] = /^([^/_]+)[/_]([A-Za-z]+\d?)$/.exec(name.trim()) ?? [];
    const label = readLabel(number, classes);
    const why = cells.length !== columns.length
      ? `wanted ${columns.length} columns: got ${cells.length}`
      : subject === ""
      ? `wanted SUBJECT_TASK: got "${name}"`
      : typeof label === "string"
      ? label
      : undefined;
    if (why !== undefined || typeof label === "string") {
      faults.push({ line, why: why ?? "" });
      continue;
    }
    const video = `${subject}/${subject}_${task}`;
    const names = [`Videos/${video}.mp4`, `${video}.mp4`];
    clips.push({ id: video, subject, video, label, task, line, media: { kind: "video", names } });
  }
  return checked(clips, faults);
}
