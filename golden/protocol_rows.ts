import { parseFrameList, parseSegments } from "./label_files.ts";
import { computeMetrics } from "../numbers/scores/metrics.ts";
import { lookedAt, sampleClip } from "../data/sampling.ts";
import { exact, type GoldenReport } from "./report.ts";

/** The parts of `misc.json` that tell how data are read, drawn and scored. */
export interface ProtocolRows {
  readonly sampling?:
    | readonly {
      readonly T: number;
      readonly stride: number;
      readonly seq_len: number;
      readonly downsampled: number;
      readonly start: number;
      readonly indices: readonly number[];
    }[]
    | undefined;
  readonly biovid_label_file?: {
    readonly lines: readonly string[];
    readonly samples: readonly {
      readonly video: string;
      readonly frames: readonly string[];
      readonly label: number;
    }[];
  } | undefined;
  readonly bah_label_file?: {
    readonly csv: string;
    readonly missing_frames: readonly (readonly [string, number])[];
    readonly samples: readonly {
      readonly video: string;
      readonly segment: number;
      readonly label: number;
      readonly frames: readonly number[];
    }[];
  } | undefined;
  readonly metrics?:
    | readonly {
      readonly y_true: readonly number[];
      readonly y_pred: readonly number[];
      readonly war: number;
      readonly uar: number;
      readonly f1: number;
    }[]
    | undefined;
}

/** Compares how data are read, drawn and scored. */
export function compareProtocol(
  { sampling, biovid_label_file: list, bah_label_file: segments, metrics }: ProtocolRows,
  report: GoldenReport,
): void {
  for (const { T, stride, seq_len: length, downsampled, start, indices } of sampling ?? []) {
    const frames = lookedAt(Array.from({ length: T }, (_, i) => i), stride);
    report.equal(
      `misc: sampling of ${T} by ${stride}, ${length} from ${start}`,
      [frames.length, sampleClip(frames.length, length, start).map((i) => frames[i])],
      [downsampled, indices],
    );
  }
  if (list) {
    const videos = parseFrameList(list.lines.join("\n"));
    report.equal(
      "misc: biovid_label_file",
      videos.map(({ id, frames, label }) => [id, frames, label]),
      list.samples.map(({ video, frames, label }) => [
        video,
        frames.map((frame) => frame.slice(frame.indexOf(video))), // without the folder of the data
        label,
      ]),
    );
  }
  if (segments) {
    const missing = new Set(segments.missing_frames.map(([video, n]) => `${video}/frame-${n}.jpg`));
    const videos = parseSegments(segments.csv, (frame) => !missing.has(frame));
    report.equal(
      "misc: bah_label_file",
      videos.map(({ id, frames, label }) => [id.replace(/\.\d+$/, ""), frames, label]),
      segments.samples.map(({ video, segment, frames, label }) => [
        `${video}#${segment}`,
        frames.map((n) => `${video}/frame-${n}.jpg`),
        label,
      ]),
    );
  }
  for (const [i, { y_true, y_pred, ...wanted }] of (metrics ?? []).entries()) {
    const { war, uar, f1 } = computeMetrics(y_true, y_pred);
    // Ratios of counts, averaged in an order of its own: equal as float32.
    const rounded = (numbers: readonly number[]) => numbers.map(Math.fround);
    report.compare(
      `misc: metrics ${i}`,
      rounded([war, uar, f1]),
      rounded([wanted.war, wanted.uar, wanted.f1]),
      exact,
    );
  }
}
