import type { EbCapStep } from "../../../tta/eb_cap/eb_cap.ts";
import type { GoldenReport } from "../report.ts";
import type { Window } from "./online_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { tolerances } from "./tolerances.ts";

/** What the original says of one window. */
export interface StoredFrame {
  readonly subject_id: string;
  readonly video_id: string;
  readonly frame_index: number;
  readonly batch_index: number;
  readonly predicted_class: number;
  readonly least_likely_class: number;
  readonly fused_entropy: number;
  readonly tau_positive: number;
  readonly tau_negative: number;
  readonly entropy_state: string;
  readonly action: string;
  readonly sampled_cache: {
    readonly samples_per_class: number;
    readonly reached_target: readonly (readonly boolean[])[];
    readonly hit_steps: readonly (readonly number[])[];
  };
  readonly cache_availability: Readonly<Record<"positive" | "negative", readonly boolean[]>>;
  readonly cache_sizes: Readonly<Record<"positive" | "negative", readonly number[]>>;
  readonly score_components: Readonly<
    Record<"target" | "sampled" | "positive" | "negative" | "fused", readonly number[]>
  >;
}

const judged = { confident: "confident", ambiguous: "uncertain", rejected: "reject" } as const;

/** Compares every window. Thresholds and actions go by entropies of 1e-11 and are only told. */
export function compareFrames(
  rows: RowWriter,
  report: GoldenReport,
  stream: readonly Window[],
  steps: readonly EbCapStep[],
  frames: readonly StoredFrame[],
  batch: number,
): void {
  rows.equal(
    "stream",
    stream.map(([subject, video], i) => [subject, video, i, i % batch]),
    frames.map((f) => [f.subject_id, f.video_id, f.frame_index, f.batch_index]),
  );
  const components = {
    target: "target",
    sampled: "sampled",
    positive: "positive",
    negative: "negative",
    fused: "logits",
  } as const;
  for (const [name, ours] of Object.entries(components)) {
    rows.logits(
      `score_components, ${name}`,
      steps.map((step) => step[ours]),
      frames.map((frame) => frame.score_components[name as keyof typeof components]),
    );
  }
  rows.equal(
    "predicted_class and least_likely_class",
    steps.map(({ predicted, leastLikely }) => [predicted, leastLikely]),
    frames.map((frame) => [frame.predicted_class, frame.least_likely_class]),
  );
  rows.numbers(
    "fused_entropy",
    steps.map(({ entropy }) => [entropy]),
    frames.map(({ fused_entropy }) => [fused_entropy]),
    tolerances.entropy,
  );
  rows.equal(
    "sampled_cache",
    steps.map(({ walks }) => [
      walks[0]?.length,
      walks.map((own) => own.map(({ reachedAt }) => reachedAt !== undefined)),
      walks.map((own) => own.map(({ reachedAt }) => reachedAt ?? -1)),
    ]),
    frames.map(({ sampled_cache: s }) => [s.samples_per_class, s.reached_target, s.hit_steps]),
  );
  report.leaveOut(
    toldOnly(steps, frames),
    "the format compares none of these: how often they differ",
  );
}

/** What the format takes for informative, and how often it is otherwise here. */
function toldOnly(steps: readonly EbCapStep[], frames: readonly StoredFrame[]): string[] {
  const differing = (differs: (step: EbCapStep, frame: StoredFrame) => boolean) =>
    steps.filter((step, i) => differs(step, frames[i] as StoredFrame)).length;
  const far = (a: number, b: number) => Math.abs(a - b) > tolerances.entropy.absolute;
  const kept = ["first", "appended", "replaced"];
  const counts = {
    entropy_state: differing((step, frame) => judged[step.judged] !== frame.entropy_state),
    thresholds: differing(({ thresholds: t }, frame) =>
      far(t.confidentBelow, frame.tau_positive) || far(t.ambiguousBelow, frame.tau_negative)
    ),
    action: differing(({ offer }, { action }) =>
      kept.includes(offer ?? "") === (action === "no_update")
    ),
    cache_sizes: differing((step, { cache_sizes: sizes }) =>
      `${step.positiveSizes};${step.negativeSizes}` !== `${sizes.positive};${sizes.negative}`
    ),
  };
  return Object.entries(counts).map(([name, count]) =>
    `tta-cap: ebcap: ${name}: ${count} of ${steps.length}`
  );
}
