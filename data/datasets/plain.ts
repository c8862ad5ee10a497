import { parseCsv } from "../../io/files/csv.ts";
import type { DatasetKind, LabelFault, Labels, ListedClip } from "../dataset.ts";
import { isListed, readFrameList } from "./frame_list.ts";
import {
  checked,
  type LabelLine,
  labelLines,
  pathFault,
  readLabel,
  textFault,
} from "./label_checks.ts";
import { type NamedVideo, readSegments, segmentColumns } from "./segments.ts";

const wanted = ["subject", "video", "label"], optional = ["task"];

/**
 * Your own data: a table of `subject,video,label` and, if known, `task` (with a heading in any order,
 * without one in this order), whose videos are files or folders of pictures; a list of frames or videos
 * (`…/SUBJECT/VIDEO/FRAME.jpg 1`); or a table of segments (`FOLDER/SUBJECT/…` in its first column). The
 * first line decides which it is.
 */
export const plain: DatasetKind = {
  name: "plain",
  read(text, classes) {
    const broken = textFault(text);
    if (broken) return { clips: [], faults: [broken] };
    const [first, ...rest] = labelLines(text) as [LabelLine, ...LabelLine[]];
    if (first.text.trim() === segmentColumns) {
      const faults: LabelFault[] = [], clips = readSegments(rest, classes, faults, segmentedVideo);
      return checked(clips, faults);
    }
    return isListed(first.text)
      ? readFrameList(text, classes, (subject) => ({ subject }))
      : readTable(text, classes);
  },
};

function segmentedVideo(path: string): NamedVideo | string {
  const subject = path.split("/")[1];
  return pathFault(path) ??
    (subject ? { subject, video: path, names: [path] } : `wanted FOLDER/SUBJECT/…: got "${path}"`);
}

function readTable(text: string, classes: readonly string[] | undefined): Labels {
  const { rows, faults: unread } = parseCsv(text);
  const faults: LabelFault[] = [...unread], clips: ListedClip[] = [];
  const first = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const heading = first.some((cell) => [...wanted, ...optional].includes(cell));
  const columns = heading ? first : [...wanted, ...optional].slice(0, Math.max(3, first.length));
  const missing = wanted.find((name) => !columns.includes(name));
  const strange = columns.find((name, i) =>
    ![...wanted, ...optional].includes(name) || columns.indexOf(name) < i
  );
  if (missing !== undefined || strange !== undefined || first.length > 4) {
    const why = `wanted the columns ${wanted.join()} and, if known, ${optional.join()}: got ` +
      `${rows[0]?.cells.join()}`;
    return { clips, faults: [...faults, { line: rows[0]?.line ?? 1, why }] };
  }
  for (const { line, cells } of heading ? rows.slice(1) : rows) {
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? "";
    const [subject, video] = [cell("subject"), cell("video")];
    const label = readLabel(cell("label"), classes), task = cell("task");
    const why = cells.length !== columns.length
      ? `wanted ${columns.length} columns: got ${cells.length}`
      : subject === ""
      ? "wanted a subject: got none"
      : pathFault(video) ?? (typeof label === "string" ? label : undefined);
    if (why !== undefined || typeof label === "string") {
      faults.push({ line, why: why ?? "" });
      continue;
    }
    clips.push({
      id: video,
      subject,
      video,
      label,
      task: task === "" ? undefined : task,
      line,
      media: { kind: "video", names: [video] },
    });
  }
  return checked(clips, faults);
}
