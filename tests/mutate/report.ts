import { reasonFor } from "./equivalent.ts";
import type { Judged } from "./judge.ts";

const ends = ["killed", "survived", "equivalent", "not built"] as const;
type Counts = Readonly<Record<typeof ends[number], number>>;

const line = (...[name, ...cells]: readonly (string | number)[]) =>
  String(name).padEnd(24) + cells.map((cell) => String(cell).padStart(11)).join("");

/** The head of the table. */
export const heading = line("kernel", ...ends);

/** How many mutants ended which way. */
export function countEnds(judged: readonly Judged[]): Counts {
  const endOf = (one: Judged) =>
    one.verdict === "survived" && reasonFor(one) ? "equivalent" : one.verdict;
  const count = (wanted: typeof ends[number]) =>
    judged.filter((one) => endOf(one) === wanted).length;
  return Object.fromEntries(ends.map((end) => [end, count(end)])) as Counts;
}

/** A line of the table, and what was not noticed. */
export function reportFolder(name: string, judged: readonly Judged[]): string {
  const counts = countEnds(judged);
  return [
    line(name, ...ends.map((end) => counts[end])),
    ...judged.filter(({ verdict }) => verdict !== "killed").flatMap((one) => [
      `  ${one.verdict}: ${one.file.split("/").slice(-2).join("/")}`,
      `    - ${one.from.trim()}`,
      `    + ${one.to.trim()}`,
      ...[reasonFor(one)].filter((why) => why).map((why) => `    equivalent: ${why}`),
    ]),
  ].join("\n");
}

/** The last lines: the share that was noticed of all that change anything. */
export function reportScore(judged: readonly Judged[]): string {
  const counts = countEnds(judged), { killed, survived } = counts;
  return [
    line("all", ...ends.map((end) => counts[end])),
    `mutation score: ${(100 * killed / Math.max(1, killed + survived)).toFixed(1)} %`,
  ].join("\n");
}
