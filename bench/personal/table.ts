import { computeMetrics } from "../../numbers/scores/metrics.ts";
import type { MethodResult, PersonResult } from "./run_streams.ts";
import { Rng } from "../../numbers/rng.ts";
import { drawResamples, intervalOf } from "../../numbers/scores/bootstrap.ts";
import { average } from "../../numbers/vectors.ts";

/** A row of the benchmark's table. Shares are in percent. */
export interface TableRow {
  readonly method: string;
  /** The mean over people of the mean recall of both classes, and its spread over seeds. */
  readonly recall: number;
  readonly seedSpread: number;
  readonly accuracy: number;
  /** In recall, beside CLIP-AU on the same clips. */
  readonly gain: PairedDifference | undefined;
  readonly seconds: number;
}

/** The method that others are compared with. */
const baseline = "CLIP-AU";

/** The rows of a stream's methods; all untuned contexts together are one row, with their range. */
export function tableOf(results: readonly MethodResult[]): TableRow[] {
  const recalls = new Map(results.map(({ method, people }) => [method, people.map(recallOf)]));
  const plain = recalls.get(baseline) ?? [];
  return results.map(({ method, people, seconds }) => {
    const own = recalls.get(method) ?? [];
    const seeds = [...Map.groupBy(people.keys(), (i) => people[i]?.seed).values()]
      .map((places) => average(places.map((i) => own[i] ?? NaN)));
    return {
      method,
      recall: average(own),
      seedSpread: seeds.length > 1 ? deviation(seeds) : 0,
      accuracy: average(
        people.map(({ labels, decided }) => 100 * computeMetrics(labels, decided).war),
      ),
      gain: method === baseline || plain.length === 0 ? undefined : pairedDifference(own, plain),
      seconds,
    };
  });
}

function recallOf({ labels, decided }: PersonResult): number {
  return 100 * computeMetrics(labels, decided).uar;
}

/** The range of the untuned contexts, from worst to best. */
export function contextSpread(rows: readonly TableRow[]): readonly [number, number] | undefined {
  const drawn = rows.filter(({ method }) => method.endsWith("not tuned")).map(({ recall }) =>
    recall
  );
  return drawn.length > 0 ? [Math.min(...drawn), Math.max(...drawn)] : undefined;
}

/** The table as Markdown. */
export function formatTable(stream: string, rows: readonly TableRow[]): string {
  const spread = contextSpread(rows);
  const shown = rows.filter(({ method }) => !method.endsWith("not tuned"));
  const lines = shown.map(({ method, recall, seedSpread, gain, seconds }) => {
    const told = gain
      ? `${signed(gain.mean)} ± ${gain.error.toFixed(1)} (${signed(gain.low)} to ` +
        `${signed(gain.high)}; p ${gain.p < .001 ? "< 0.001" : gain.p.toFixed(3)})`
      : "";
    const score = `${recall.toFixed(1)} ± ${seedSpread.toFixed(1)}`;
    return `| ${method} | ${score} | ${told} | ${seconds.toFixed(0)} s |`;
  });
  return [
    `### ${stream}`,
    "",
    "| method | recall, mean of classes | beside CLIP-AU | takes |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
    ...spread
      ? [
        `Drawn contexts of the official form, not tuned: ${spread[0].toFixed(1)} to ` +
        `${spread[1].toFixed(1)}.`,
        "",
      ]
      : [],
  ].join("\n");
}

function signed(x: number): string {
  return `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(1)}`;
}

/** Differences between two methods on the same people. */
export interface PairedDifference {
  readonly mean: number;
  /** The standard error over people. */
  readonly error: number;
  /** Of 95 %, by bootstrap over people. */
  readonly low: number;
  readonly high: number;
  /** The p-value: how often random signs give so large a mean. */
  readonly p: number;
}

const draws = 10_000;

/** Compares two methods person by person. Deterministic. */
export function pairedDifference(
  ours: readonly number[],
  theirs: readonly number[],
): PairedDifference {
  const differences = ours.map((x, i) => x - (theirs[i] ?? NaN)), count = differences.length;
  const mean = average(differences);
  const spread = deviation(differences) / Math.sqrt(count);
  const means = drawResamples(count, draws, 20).map((drawn) =>
    average(drawn.map((i) => differences[i] ?? NaN))
  );
  const rng = new Rng(21);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    const signed = differences.map((difference) => rng.u32() & 1 ? difference : -difference);
    if (Math.abs(average(signed)) >= Math.abs(mean) - 1e-12) asLarge++;
  }
  return { mean, error: spread, ...intervalOf(means), p: asLarge / draws };
}

/** The standard deviation of a sample. */
export function deviation(numbers: readonly number[]): number {
  const mean = average(numbers);
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1));
}
