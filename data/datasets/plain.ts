import { parseCsv } from "../../io/files/csv.ts";
import type { DatasetKind, ListedClip } from "../dataset.ts";
import { isListed, readFrameList } from "./frame_list.ts";
import { type LabelFile, labelReader, pathFault, readEach, readLabel } from "./label_checks.ts";
import { type NamedVideo, readSegments, segmentColumns } from "./segments.ts";

const wanted = ["subject", "video", "label"], optional = ["task", "group"];

/**
 * Your own data: a table of `subject,video,label` and, if known, `task` and the person's `group` (with a
 * heading in any order, without one in this order), whose videos are files or folders of pictures; a list of frames or videos
 * (`…/SUBJECT/VIDEO/FRAME.jpg 1`); or a table of segments (`FOLDER/SUBJECT/…` in its first column). The
 * first line decides which it is.
 */
export const plain: DatasetKind = {
  name: "plain",
  read: labelReader((file) => {
    const first = file.lines[0]?.text ?? "";
    if (first.trim() === segmentColumns) return readSegments(file, segmentedVideo);
    return isListed(first) ? readFrameList(file, (subject) => ({ subject })) : readTable(file);
  }),
};

function segmentedVideo(path: string): NamedVideo | string {
  const subject = path.split("/")[1];
  return pathFault(path) ??
    (subject ? { subject, video: path, names: [path] } : `wanted FOLDER/SUBJECT/…: got "${path}"`);
}

function readTable({ text, classes, faults }: LabelFile): ListedClip[] {
  const { rows, faults: unread } = parseCsv(text), known = [...wanted, ...optional];
  faults.push(...unread);
  const first = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const heading = first.some((cell) => known.includes(cell));
  const columns = heading ? first : known.slice(0, Math.max(3, first.length));
  const complete = wanted.every((name) => columns.includes(name));
  const strange = columns.some((name, i) => !known.includes(name) || columns.indexOf(name) < i);
  if (!complete || strange || first.length > known.length) {
    const why = `wanted the columns ${wanted.join()} and, if known, ${optional.join()}: got ` +
      `${rows[0]?.cells.join()}`;
    faults.push({ line: rows[0]?.line ?? 1, why });
    return [];
  }
  return readEach(heading ? rows.slice(1) : rows, faults, ({ line, cells }) => {
    if (cells.length !== columns.length) {
      return `wanted ${columns.length} columns: got ${cells.length}`;
    }
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? "";
    const [subject, video] = [cell("subject"), cell("video")];
    const task = cell("task") || undefined, group = cell("group") || undefined;
    if (subject === "") return "wanted a subject: got none";
    const label = readLabel(cell("label"), classes), wrong = pathFault(video);
    if (wrong !== undefined) return wrong;
    if (typeof label === "string") return label;
    const media = { kind: "video", names: [video] } as const;
    return { id: video, subject, video, label, task, group, line, media };
  });
}
