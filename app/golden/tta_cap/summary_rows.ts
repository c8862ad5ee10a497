import type { TtaCapStep } from "../../../tta/tta_cap/step_record.ts";
import type { RowWriter } from "./row_writer.ts";

/** `summary.json`: what the set tells of its cases. */
export interface StoredSummary {
  readonly cases?: Readonly<Record<string, CountedCase>>;
}

/** How often what happened in a case. */
export interface CountedCase {
  readonly actions: Readonly<Record<string, number>>;
  readonly temporal: number;
  readonly proto: number;
}

/** Compares counts over a case's steps. */
export function compareCaseSummary(
  rows: RowWriter,
  { actions, temporal, proto }: CountedCase,
  steps: readonly TtaCapStep[],
): void {
  const count = (test: (step: TtaCapStep) => boolean) => steps.filter(test).length;
  rows.equal(
    "summary, counts",
    [
      ...Object.keys(actions).map((name) => [name, count(({ action }) => action === name)]),
      ["temporal", count(({ gates }) => gates.temporal)],
      ["proto", count(({ gates }) => gates.prototype)],
    ],
    [...Object.entries(actions), ["temporal", temporal], ["proto", proto]],
  );
}
