import type { DecidedPerson } from "../../numbers/scores/person_scores.ts";
import { computeMetrics } from "../../numbers/scores/metrics.ts";
import type { Sample } from "../../train/sample.ts";
import type { EpochResult, TrainingState } from "../../train/training_state.ts";
import { percent } from "./score_lines.ts";

/** An epoch's result as a line. */
export function epochLine(epoch: number, { loss, held }: EpochResult, best: boolean): string {
  const start = `epoch ${epoch}: loss ${loss.toFixed(4)}`;
  if (!held) return start;
  return `${start}; held out: loss ${held.loss.toFixed(4)}, WAR ${percent(held.war)}, UAR ` +
    `${percent(held.uar)}, F1 ${percent(held.f1)}${best ? ", the best so far" : ""}`;
}

/** What became of a training whose epoch was chosen by people held out. */
export function outcomeLine(
  { history, bestEpoch }: TrainingState,
  held: readonly Sample[],
  path: string,
): string {
  const result = history[bestEpoch - 1]?.held;
  if (!result) return path;
  return `${path}: best in epoch ${bestEpoch} of ${history.length}; on people held out WAR ` +
    `${percent(result.war)} (the commonest class alone: ${
      percent(commonestShare(held.map(({ label }) => label)))
    }), UAR ${percent(result.uar)}, F1 ${
      percent(result.f1)
    }: they chose the epoch, so this is too good`;
}

/** What a head is worth to people who neither taught it nor chose it: all of their videos counted alike. */
export function reportLine(people: readonly DecidedPerson[]): string {
  const labels = people.flatMap(({ labels }) => labels);
  const { war, uar, f1 } = computeMetrics(labels, people.flatMap(({ decided }) => decided));
  return `on ${labels.length} videos of ${people.length} others, who chose nothing: WAR ${
    percent(war)
  } (the commonest class alone: ${percent(commonestShare(labels))}), UAR ${percent(uar)}, F1 ${
    percent(f1)
  }`;
}

/** The accuracy of always saying the commonest class. */
function commonestShare(labels: readonly number[]): number {
  const counts = Map.groupBy(labels, (label) => label).values()
    .map(({ length }) => length).toArray();
  return Math.max(...counts) / labels.length;
}
