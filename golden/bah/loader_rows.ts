import { bah } from "../../data/datasets/bah.ts";
import { frameScale } from "../../data/frame_scale.ts";
import { frameWindows, padFrames, spreadEvenly } from "../../data/frame_windows.ts";
import {
  isYamlFault,
  isYamlNull,
  parseYaml,
  type YamlNode,
  yamlNumber,
} from "../../io/files/yaml.ts";
import { readChunks } from "../../media/transcript/chunks.ts";
import { frameRate } from "../../model/frame_fusion/frame_trainer.ts";
import { framesDuring } from "../../media/transcript/transcript.ts";
import { byNumber } from "../../media/video/open_frames.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport, Tolerance } from "../report.ts";
import { keepOfficialTokens, padOfficialPixels } from "./official_tokens.ts";
import { type OfficialLabels, readOfficialLabels } from "./official_labels.ts";

/** A file of a data set as text, and what it says. */
interface ParsedText<T = unknown> {
  readonly style: string;
  readonly text: string;
  readonly parsed: T;
}

interface Chunks {
  readonly chunks: readonly {
    readonly text: string;
    readonly timestamp: readonly [number | null, number | null];
  }[];
}

interface ZScore {
  readonly "videos (train, train, val)": readonly (readonly (readonly number[])[])[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

interface BertTokens {
  readonly mask: readonly (readonly number[])[];
  readonly kept_position_plus_10_per_sentence: readonly number[];
  readonly sentence_as_long_as_max_length: string;
}

/** The parts of `loaders.json` besides lists of labels. */
interface LoadersFile {
  readonly label_files: {
    readonly video_level: { readonly text: string; readonly official: OfficialLabels };
    readonly video_level_odd: readonly {
      readonly what: string;
      readonly text: string;
      readonly official: OfficialLabels;
    }[];
    readonly crop_folder: {
      readonly names_as_listed: readonly string[];
      readonly official_order: readonly string[];
    };
    readonly class_id_yaml: { readonly text: string; readonly parsed: unknown };
    readonly video_annotation_yaml: readonly ParsedText[];
    readonly frame_labels_from_annotation: Readonly<Record<string, readonly number[]>>;
  };
  readonly transcripts: {
    readonly cases: readonly ParsedText<Chunks>[];
    readonly joined_text: string;
    readonly frames_at_10_fps_of_250: readonly (readonly [number, number])[];
  };
  readonly alignment: {
    readonly bert_tokens: BertTokens;
    readonly official_naive_alignment: readonly {
      readonly tokens: number;
      readonly frames: number;
      readonly token_of_frame: readonly number[];
    }[];
  };
  readonly optimiser: { readonly lr_of_epoch_with_default: Readonly<Record<string, number>> };
  readonly statistics: {
    readonly z_score: Readonly<Record<string, ZScore>>;
    readonly padding: {
      readonly length: number;
      readonly window: number;
      readonly labels: readonly number[];
      readonly vggish: readonly (readonly number[])[];
      readonly video_pixel_in: readonly number[];
      readonly video_pixel_after_int8: readonly number[];
      readonly and_after_the_cast_back_to_uint8_here: readonly number[];
    };
    readonly training_windows: readonly {
      readonly length: number;
      readonly window: number;
      readonly hop: number;
      readonly first_last: readonly (readonly [number, number])[];
    }[];
  };
}

/** The original computes these in float32: the tolerance of the set for such. */
const inFloat32: Tolerance = { relative: 2e-5, absolute: 2e-5 };

/** Compares what is read of transcripts, annotations and odd files, and what is made of frames for training. */
export async function compareLoaders(set: GoldenSet, report: GoldenReport): Promise<void> {
  const file = await set.json<LoadersFile>("loaders.json");
  compareLabels(file.label_files, report);
  compareTranscripts(file.transcripts, report);
  for (const { tokens, frames, token_of_frame } of file.alignment.official_naive_alignment) {
    const name = `bah: ${tokens} tokens on ${frames} frames`;
    report.equal(name, spreadEvenly(tokens, frames), token_of_frame);
  }
  compareTokens(file.alignment.bert_tokens, report);
  compareStatistics(file.statistics, report);
  for (const [epoch, rate] of Object.entries(file.optimiser.lr_of_epoch_with_default)) {
    report.compare(`bah: learning rate of epoch ${epoch}`, [frameRate(Number(epoch))], [rate], {
      relative: 1e-12,
      absolute: 1e-12,
    });
  }
}

/** BERT itself is not in this version; which of its tokens become words is. */
function compareTokens(
  { mask, kept_position_plus_10_per_sentence, sentence_as_long_as_max_length }: BertTokens,
  report: GoldenReport,
): void {
  const kept = keepOfficialTokens(mask);
  report.equal(
    "bah: tokens of sentences, as the authors keep them",
    typeof kept === "string" ? kept : kept.map(([sentence, place]) => 10 * sentence + place),
    kept_position_plus_10_per_sentence,
  );
  report.equal(
    "bah: tokens of a sentence that fills the mask",
    keepOfficialTokens([mask[0]?.map(() => 1) ?? [1]]),
    sentence_as_long_as_max_length,
  );
}

function compareLabels(labels: LoadersFile["label_files"], report: GoldenReport): void {
  const { video_level, video_level_odd, crop_folder, class_id_yaml } = labels;
  const official = [{ what: "usual", ...video_level }, ...video_level_odd];
  for (const { what, text, official: wanted } of official) {
    report.equal(`bah: as the authors' loader: ${what}`, readOfficialLabels(text), wanted);
  }
  report.equal(
    "bah: order of crops",
    [...crop_folder.names_as_listed].sort(byNumber),
    crop_folder.official_order,
  );
  report.equal("bah: class_id.yaml", valueOf(class_id_yaml.text), class_id_yaml.parsed);
  const frameLabels = Object.fromEntries(
    Object.entries(labels.frame_labels_from_annotation)
      .filter(([, some]) => some.length > 0)
      .map(([video, some]) => [video.replace(" ", "_"), some]),
  );
  for (const { style, text, parsed } of labels.video_annotation_yaml) {
    report.equal(`bah: annotation, ${style}`, valueOf(text), parsed);
    report.equal(`bah: annotation, ${style}: labels of frames`, labelsOf(text), frameLabels);
  }
}

/** The labels of each video's frames, by its name with an underscore; of videos that have any. */
function labelsOf(text: string) {
  const { clips, faults } = bah.read(text, bah.classes);
  if (faults.length > 0) return { faults };
  return Object.fromEntries(
    [...Map.groupBy(clips, ({ video }) => video)].map(([video, some]) => [
      video,
      some.flatMap(({ label, media }) =>
        media.kind === "frames" ? media.files.map(() => label) : []
      ),
    ]),
  );
}

function compareTranscripts(
  { cases, joined_text, frames_at_10_fps_of_250 }: LoadersFile["transcripts"],
  report: GoldenReport,
): void {
  const cuesOf = (text: string) =>
    readChunks(text, (line, why) => new TypeError(`line ${line}: ${why}`));
  const times = Array.from({ length: 250 }, (_, i) => i / 10);
  for (const { style, text, parsed: { chunks } } of cases) {
    const cues = cuesOf(text);
    report.equal(
      `bah: transcript, ${style}`,
      cues.map(({ text, start, end }) => [text, start ?? null, end ?? null]),
      chunks.map(({ text, timestamp }) => [text, ...timestamp]),
    );
    if (chunks.length === 0) continue;
    report.equal(
      `bah: transcript, ${style}: as one text`,
      cues.map(({ text }) => text).join("").trim(),
      joined_text,
    );
    report.equal(
      `bah: transcript, ${style}: frames of sentences`,
      cues.map((cue) => framesDuring(cue, times)),
      frames_at_10_fps_of_250,
    );
  }
}

function compareStatistics(
  { z_score, padding, training_windows }: LoadersFile["statistics"],
  report: GoldenReport,
): void {
  for (const [name, { mean, std, ...videos }] of Object.entries(z_score)) {
    const some = videos["videos (train, train, val)"].map((frames) =>
      Float32Array.from(frames.flat())
    );
    const scale = frameScale(some, mean.length);
    report.compare(`bah: ${name}: mean`, scale.mean, mean, inFloat32);
    report.compare(`bah: ${name}: deviation`, scale.deviation, std, inFloat32);
  }
  const { length, window, labels, vggish, video_pixel_in } = padding,
    width = vggish[0]?.length ?? 1;
  const padded = (rows: readonly number[], width: number) => [
    ...padFrames(Float32Array.from(rows.slice(0, length * width)), width, window),
  ];
  report.equal("bah: padded labels", padded(labels, 1), labels);
  report.equal("bah: padded features", padded(vggish.flat(), width), vggish.flat());
  const pixels = padOfficialPixels(video_pixel_in, (frames) => padFrames(frames, 1, window));
  report.equal(
    "bah: padded pixels, through bytes with a sign",
    pixels.signed,
    padding.video_pixel_after_int8,
  );
  report.equal(
    "bah: padded pixels, cast back",
    pixels.castBack,
    padding.and_after_the_cast_back_to_uint8_here,
  );
  for (const { length, window, hop, first_last } of training_windows) {
    const name = `bah: windows of ${window} every ${hop} in ${length} frames`;
    report.equal(name, frameWindows(length, window, hop), first_last);
  }
}

/** What a YAML file says, as Python has it. */
function valueOf(text: string): unknown {
  const root = parseYaml(text);
  return isYamlFault(root) ? root : plainValue(root);
}

function plainValue(node: YamlNode): unknown {
  if (node.kind === "list") return node.items.map(plainValue);
  if (node.kind === "map") {
    return Object.fromEntries(node.entries.map(([key, value]) => [key.text, plainValue(value)]));
  }
  if (isYamlNull(node)) return null;
  return yamlNumber(node) ?? node.text;
}
