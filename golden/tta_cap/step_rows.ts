import type { TtaCapStep } from "../../tta/tta_cap/step_record.ts";
import type { StoredCase, StoredStep, Window } from "./online_set.ts";
import type { RowWriter } from "./row_writer.ts";
import { tolerances } from "./tolerances.ts";

type Kind = "equal" | "logit" | "vector" | "entropy";

/** Each field of a stored step: how it is compared, and our value. */
const fields: Readonly<Record<string, readonly [Kind, (step: TtaCapStep) => unknown]>> = {
  base_logits: ["logit", (step) => step.baseLogits],
  probs: ["vector", (step) => step.probabilities],
  entropy: ["entropy", (step) => [step.entropy]],
  pred: ["equal", (step) => step.predicted],
  least_likely: ["equal", (step) => step.leastLikely],
  majority: ["equal", (step) => step.majority],
  temporal_pass: ["equal", ({ gates }) => Number(gates.temporal)],
  confident: ["equal", ({ gates }) => Number(gates.confident)],
  ambiguous: ["equal", ({ gates }) => Number(gates.ambiguous)],
  admissible: ["equal", ({ gates }) => Number(gates.admissible)],
  proto_pass: ["equal", ({ gates }) => Number(gates.prototype)],
  margin_pass: ["equal", ({ gates }) => Number(gates.margin)],
  proto_scores: ["vector", (step) => step.prototypeScores],
  // None where the subject has no prototypes.
  proto_margin: ["vector", (step) => [step.prototypeMargin ?? []].flat()],
  final_logits: ["logit", (step) => step.logits],
  action: ["equal", (step) => step.action],
};

/** Fields that are compared as a whole, below, or that the stream gives. */
const others = [
  "step",
  "subject",
  "video",
  "y_true",
  "weights",
  "label_scores",
  "pos_cache",
  "neg_cache",
];

/** Compares every field of every step of a case. */
export function compareSteps(
  rows: RowWriter,
  { steps: stored }: StoredCase,
  windows: readonly Window[],
  steps: readonly TtaCapStep[],
): void {
  const names = new Set(stored.flatMap((step) => Object.keys(step)));
  rows.equal(
    "stream",
    windows.map((window, i) => [i, ...window]),
    stored.map(({ step, subject, video, y_true }) => [step, subject, video, y_true]),
  );
  for (const [name, [kind, of]] of Object.entries(fields)) {
    if (!names.has(name)) continue;
    const got = steps.map(of), wanted = stored.map((step) => step[name]);
    if (kind === "equal") rows.equal(name, got, wanted);
    else {
      const numbers = wanted.map((value) => [value ?? []].flat() as number[]);
      if (kind === "logit") rows.logits(name, got as number[][], numbers);
      else rows.numbers(name, got as number[][], numbers, tolerances[kind]);
    }
  }
  if (names.has("weights")) compareWeights(rows, stored, steps);
  if (names.has("label_scores")) {
    rows.numbers(
      "label_scores",
      steps.map(({ labelScores: l }) => l ? [...l.positive, ...l.negative] : []),
      stored.map((step) => (step["label_scores"] as number[][] | null ?? []).flat()),
      tolerances.vector,
    );
  }
  compareCaches(rows, "pos_cache", stored, steps.map((step) => step.positiveCache));
  compareCaches(rows, "neg_cache", stored, steps.map((step) => step.negativeCache));
  rows.unknown([...names].filter((name) => !(name in fields) && !others.includes(name)));
}

/** The weights of a step by the authors' names. A negative that is absent weighs 0. */
export function storedWeights({ weights }: TtaCapStep): Record<string, number> | undefined {
  if (!weights) return undefined;
  const named = Object.entries(weights).flatMap(([name, { weight, confidence }]) => [
    [`weight_${name}`, weight] as const,
    [`confidence_${name}`, confidence] as const,
  ]);
  return { weight_negative: 0, ...Object.fromEntries(named) };
}

function compareWeights(
  rows: RowWriter,
  stored: readonly StoredStep[],
  steps: readonly TtaCapStep[],
): void {
  const wanted = stored.map((step) => step["weights"] as Record<string, number> | null);
  const got = steps.map((step) => storedWeights(step) ?? null);
  const keys = (some: readonly (Record<string, number> | null)[]) =>
    some.map((one) => one && Object.keys(one).toSorted());
  rows.equal("weights, of what", keys(got), keys(wanted));
  const numbers = (some: readonly (Record<string, number> | null)[]) =>
    some.map((one) => Object.entries(one ?? {}).toSorted().map(([, value]) => value));
  rows.numbers("weights", numbers(got), numbers(wanted), tolerances.vector);
}

function compareCaches(
  rows: RowWriter,
  name: string,
  stored: readonly StoredStep[],
  caches: readonly TtaCapStep["positiveCache"][],
): void {
  const wanted = stored.map((step) => step[name] as [number, number][][]);
  rows.equal(
    `${name}, steps`,
    caches.map((cache) => cache.map((kept) => kept.map(({ step }) => step))),
    wanted.map((cache) => cache.map((kept) => kept.map(([step]) => step))),
  );
  rows.numbers(
    `${name}, entropies`,
    caches.map((cache) => cache.flatMap((kept) => kept.map(({ entropy }) => entropy))),
    wanted.map((cache) => cache.flatMap((kept) => kept.map(([, entropy]) => entropy))),
    tolerances.entropy,
  );
}
