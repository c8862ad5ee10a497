import { EbCap, type EbCapStep, type WalkNoise } from "../../tta/eb_cap/eb_cap.ts";
import { ebCapOfficial, type EbCapSettings } from "../../tta/eb_cap/settings.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareCounts } from "./ebcap_counts.ts";
import { compareFrames, type StoredFrame } from "./ebcap_frames.ts";
import { rowsOf, type StoredScores, type Window } from "./online_set.ts";
import { RowWriter } from "./row_writer.ts";
import type { StoredSummary } from "./summary_rows.ts";
import { compareMetrics, scoreVideos } from "./video_rows.ts";

/** `ebcap.json`. */
interface EbCapFile {
  readonly settings: Readonly<Record<string, number>>;
  readonly stream: readonly Window[];
  readonly frames: readonly StoredFrame[];
  readonly per_video?: readonly {
    readonly subject_id: string;
    readonly video_id: string;
    readonly n_windows: number;
    readonly y_true: number;
    readonly y_pred: number;
    readonly scores: readonly number[];
  }[];
  readonly overall?: StoredScores;
  readonly gate_pass_rates?: Readonly<Record<string, number>>;
  readonly cache_updates?: Readonly<Record<string, number>>;
}

/** The original's names of its settings, and ours. The remaining ones belong to its loader. */
const names: Readonly<Record<string, keyof EbCapSettings>> = {
  steps: "walkSteps",
  step_size: "stepSize",
  noise_scale: "noiseScale",
  samples_per_class: "walks",
};

/** Runs EB-CaP over the stream of `ebcap.json` with the noise that the original drew. */
export async function compareEbCap(set: GoldenSet, report: GoldenReport): Promise<void> {
  const stored = await set.json<EbCapFile>("ebcap.json");
  using file = await set.tensors("ebcap.safetensors");
  const rows = new RowWriter(report, "tta-cap: ebcap: ");
  const { batch = 1, ...own } = stored.settings;
  const settings = settingsOf(own), { walks } = settings;
  const classes = await rowsOf(file, "text"), windows = await rowsOf(file, "z");
  const noises = new Map<number, readonly Float64Array[]>();
  for (let b = 0; b * batch < windows.length; b++) {
    const width = windows[0]?.length ?? 0, all = await numbersOf(file, `noise/${b}`);
    noises.set(
      b,
      Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width)),
    );
  }
  const noiseOf = (i: number): WalkNoise => (label, walk, step) => {
    const b = Math.floor(i / batch), inBatch = Math.min(batch, windows.length - b * batch);
    const row = ((step * inBatch + i % batch) * classes.length + label) * walks + walk;
    return noises.get(b)?.[row] ?? new Float64Array(windows[0]?.length ?? 0).fill(NaN);
  };
  const people = new Map<string, EbCap>();
  const steps = stored.stream.map(([subject, video], i): EbCapStep => {
    const person = people.get(subject) ?? new EbCap({ classes, settings });
    people.set(subject, person);
    const before = stored.stream[i - 1];
    if (before?.[0] !== subject || before[1] !== video) person.beginVideo();
    return person.step(windows[i] ?? new Float64Array(), noiseOf(i));
  });

  const all = steps.flatMap((step) => step.walks.flat());
  rows.tensor("samples", all.flatMap(({ end }) => [...end]), await numbersOf(file, "samples"));
  rows.tensor(
    "hit_steps",
    all.map(({ reachedAt }) => reachedAt ?? -1),
    await numbersOf(file, "hit_steps"),
    true,
  );
  compareFrames(rows, stored.stream, steps, stored.frames, batch);
  if (stored.per_video) compareVideos(rows, stored.stream, steps, stored.per_video);
  compareCounts(rows, steps, stored.gate_pass_rates ?? {}, stored.cache_updates);
  const videos = scoreVideos(stored.stream, steps.map(({ logits }) => logits));
  if (stored.overall) compareMetrics(rows, "overall", videos, classes.length, stored.overall);
  const optional = ["per_video", "overall", "gate_pass_rates", "cache_updates"] as const;
  report.leaveOut(
    optional.filter((name) => !stored[name]).map((name) => `tta-cap: ebcap: ${name}`),
    "not in this set",
  );
  if (await set.has("summary.json")) {
    const { ebcap } = await set.json<StoredSummary>("summary.json");
    if (ebcap) {
      const again = new RowWriter(report, "tta-cap: ebcap: summary, ");
      compareCounts(again, steps, {}, ebcap.updates);
      compareMetrics(again, "overall", videos, classes.length, ebcap.overall);
    }
  }
  rows.unknown(
    [...file.tensors.keys()].filter((name) =>
      !/^(noise\/\d+|samples|hit_steps|text|z)$/.test(name)
    ),
  );
}

/** Compares the decisions on videos. */
function compareVideos(
  rows: RowWriter,
  stream: readonly Window[],
  steps: readonly EbCapStep[],
  stored: NonNullable<EbCapFile["per_video"]>,
): void {
  const videos = scoreVideos(stream, steps.map(({ logits }) => logits));
  rows.equal(
    "per_video",
    videos.map((v) => [v.subject, v.video, v.windows.length, v.label, v.predicted]),
    stored.map((v) => [v.subject_id, v.video_id, v.n_windows, v.y_true, v.y_pred]),
  );
  rows.logits(
    "per_video, scores",
    videos.map(({ logits }) => logits),
    stored.map(({ scores }) => scores),
  );
}

function settingsOf(stored: Readonly<Record<string, number>>): EbCapSettings {
  const found = Object.entries(stored).map(([name, value]) => {
    const ours = names[name];
    if (ours) return [ours, value] as const;
    throw new TypeError(`Cannot compare EB-CaP: this version does not know the setting "${name}"`);
  });
  return { ...ebCapOfficial, ...Object.fromEntries(found) };
}
