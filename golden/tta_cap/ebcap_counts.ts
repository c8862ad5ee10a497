import type { EbCapStep } from "../../tta/eb_cap/eb_cap.ts";
import { reasonOf } from "./ebcap_frames.ts";
import type { RowWriter } from "./row_writer.ts";
import { tolerances } from "./tolerances.ts";

type Counts = Readonly<Record<string, number>>;

/** Compares how often windows passed each gate, in per cent, and what happened to them. */
export function compareCounts(
  rows: RowWriter,
  steps: readonly EbCapStep[],
  rates: Counts,
  updates: Counts | undefined,
): void {
  const judged = (as: EbCapStep["judged"]) => steps.filter((step) => step.judged === as);
  const share = (part: readonly EbCapStep[], whole: readonly EbCapStep[]) =>
    whole.length === 0 ? 0 : part.length / whole.length;
  const kept = (some: readonly EbCapStep[]) => some.filter(({ offer }) => offer?.kept);
  const confident = judged("confident"), ambiguous = judged("ambiguous");
  const got: Counts = {
    confident: share(confident, steps),
    uncertain: share(ambiguous, steps),
    reject: share(judged("rejected"), steps),
    positive_diversity_given_confident: share(kept(confident), confident),
    negative_diversity_given_uncertain: share(kept(ambiguous), ambiguous),
  };
  for (const [name, percent] of Object.entries(rates)) {
    const row = `gate_pass_rates, ${name}`;
    if (got[name] === undefined) rows.unknown([row]);
    else rows.numbers(row, [[got[name]]], [[percent / 100]], tolerances.vector);
  }
  if (!updates) return;
  const names = steps.flatMap(({ offer }) => {
    if (!offer) return [];
    const { cache, replaces } = offer;
    if (offer.kept) return [`${cache}_${replaces === undefined ? "append" : "replace"}`];
    return [`${cache}_reject_gate`, `${cache}_reject_${reasonOf(offer)}`];
  });
  const counted = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]);
  rows.equal("cache_updates", counted.toSorted(), Object.entries(updates).toSorted());
}
