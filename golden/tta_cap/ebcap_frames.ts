import type { Offer } from "../../tta/eb_cap/diverse_cache.ts";
import type { EbCapStep } from "../../tta/eb_cap/eb_cap.ts";
import type { Window } from "./online_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { tolerances } from "./tolerances.ts";

/** The original's record of one window. */
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
  readonly assigned_cache_class: number | null;
  /** What happened in the cache; absent if the window was rejected. */
  readonly diversity: Readonly<Record<string, unknown>> | null;
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

/** Compares every window. */
export function compareFrames(
  rows: RowWriter,
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
  rows.equal(
    "entropy_state",
    steps.map((step) => judged[step.judged]),
    frames.map((frame) => frame.entropy_state),
  );
  rows.numbers(
    "tau_positive and tau_negative",
    steps.map((
      { thresholds: { confidentBelow, ambiguousBelow } },
    ) => [confidentBelow, ambiguousBelow]),
    frames.map((frame) => [frame.tau_positive, frame.tau_negative]),
    tolerances.entropy,
  );
  rows.equal(
    "cache_sizes",
    steps.map((step) => [step.positiveSizes, step.negativeSizes]),
    frames.map(({ cache_sizes: { positive, negative } }) => [positive, negative]),
  );
  // The state before a window is the state after the same person's last one.
  const has = (sizes: readonly number[]) => sizes.map((size) => size > 0);
  rows.equal(
    "cache_availability",
    steps.map((step, i) => {
      const same = stream[i - 1]?.[0] === stream[i]?.[0], last = same ? steps[i - 1] : undefined;
      const none = step.positiveSizes.map(() => 0);
      return [has(last?.positiveSizes ?? none), has(last?.negativeSizes ?? none)];
    }),
    frames.map(({ cache_availability: { positive, negative } }) => [positive, negative]),
  );
  compareOffers(rows, steps, frames);
}

/** The original's word for the outcome of an offer. */
export function reasonOf({ sizeBefore, replaces, better, kept }: Offer): string {
  if (sizeBefore === 0) return "initialize_empty_bucket";
  if (!better) return "reliability_replacement_failed";
  if (!kept) return "non_positive_variance_gain";
  return replaces === undefined ? "positive_variance_gain" : "reliable_positive_variance_gain";
}

/** Compares what happened in the caches, for windows that were not rejected. */
function compareOffers(
  rows: RowWriter,
  steps: readonly EbCapStep[],
  frames: readonly StoredFrame[],
): void {
  const pairs = steps.flatMap(({ offer }, i) => {
    const frame = frames[i], diversity = frame?.diversity;
    return offer && frame && diversity ? [{ offer, frame, diversity }] : [];
  });
  rows.equal(
    "action",
    pairs.map(({ offer }) => [offer.label, offer.kept ? `${offer.cache}_update` : "no_update"]),
    pairs.map(({ frame }) => [frame.assigned_cache_class, frame.action]),
  );
  rows.equal(
    "diversity",
    pairs.map(({ offer }) => [
      offer.cache,
      offer.label,
      offer.kept,
      reasonOf(offer),
      offer.replaces === undefined ? "append" : "replace",
      offer.replaces ?? null,
      offer.sizeBefore,
      offer.better,
    ]),
    pairs.map(({ diversity: d }) => [
      d["cache"],
      d["class_index"],
      d["pass"],
      d["reason"],
      d["action"],
      d["replacement_index"],
      d["cache_size_before"],
      d["reliability_pass"],
    ]),
  );
  rows.numbers(
    "diversity, variances",
    pairs.map(({ offer: { spreadBefore, spreadAfter } }) => [
      spreadBefore,
      spreadAfter,
      spreadAfter - spreadBefore,
    ]),
    pairs.map(({ diversity }) =>
      ["variance_before", "variance_after", "variance_gain"].map((name) => Number(diversity[name]))
    ),
    tolerances.vector,
  );
}
