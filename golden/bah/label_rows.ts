import { bah } from "../../data/datasets/bah.ts";
import type { ListedClip } from "../../data/dataset.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";

/** A row of a table of segments: video, segment, label, frames, first and last of them. */
type SegmentRow = readonly [string, number, number, number, number, number];

/** The lists of labels in `loaders.json`. */
interface LoadersFile {
  readonly label_files: {
    readonly video_level: {
      readonly text: string;
      readonly paths: Readonly<
        Record<string, {
          readonly participant: string;
          readonly question: number;
          readonly id_with_underscore: string;
        }>
      >;
      readonly recommended: readonly {
        readonly path: string;
        readonly label: number;
        readonly text: string;
      }[];
    };
    readonly frame_level: {
      readonly text: string;
      readonly runs_of_equal_label: readonly {
        readonly video: string;
        readonly label: number;
        readonly first: number;
        readonly last: number;
      }[];
    };
    readonly segments: { readonly text: string; readonly rows: readonly SegmentRow[] };
  };
}

/** Compares what the reader of BAH's label files finds: whole videos, frames and segments. */
export async function compareLabelFiles(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { label_files } = await set.json<LoadersFile>("loaders.json");
  const { video_level, frame_level, segments } = label_files;
  report.equal(
    "bah: videos",
    clipsOf(video_level.text).map(({ video, subject, task, label, transcript }) => [
      ...[video, subject, task, label, transcript],
    ]),
    video_level.recommended.map(({ path, label, text }) => {
      const named = video_level.paths[path];
      return [
        ...[
          named?.id_with_underscore,
          named?.participant,
          `Question ${named?.question}`,
          label,
          text,
        ],
      ];
    }),
  );
  report.equal(
    "bah: runs of frames with equal labels",
    clipsOf(frame_level.text).map((clip) => {
      const { first, last } = framesOfClip(clip);
      return [clip.video, clip.label, first, last];
    }),
    frame_level.runs_of_equal_label.map((run) => [run.video, run.label, run.first, run.last]),
  );
  report.equal(
    "bah: segments",
    clipsOf(segments.text).map((clip) => {
      const { listed, count, first, last } = framesOfClip(clip);
      return [listed, Number(clip.id.split("#").at(-1)), clip.label, count, first, last];
    }),
    // Segments of nothing are left out.
    segments.rows.filter(([, , , frames]) => frames > 0),
  );
}

function clipsOf(text: string): readonly ListedClip[] {
  const { clips, faults } = bah.read(text, bah.classes);
  const [fault] = faults;
  if (fault) throw new TypeError(`Cannot read labels: line ${fault.line}: ${fault.why}`);
  return clips;
}

/** Which frames a clip has, and its video as the label file names it. */
function framesOfClip({ id, media }: ListedClip) {
  if (media.kind !== "frames") throw new TypeError(`Cannot read frames of "${id}": it is a video`);
  const numbers = media.files.map((file) => Number(/\d+/.exec(file)?.[0]));
  return {
    listed: media.folders[0],
    count: numbers.length,
    first: numbers[0],
    last: numbers.at(-1),
  };
}
