import { countClusters, dbscan, noise, pairwiseDistances } from "./dbscan.ts";
import type { SourceSettings } from "./source_settings.ts";
import { Rng } from "../../numbers/rng.ts";
import { average, meanOf, squaredDistance, type Vector } from "../../numbers/vectors.ts";

/** One clustering that was tried. */
export interface ClusterCandidate {
  /** DBSCAN's minimum neighbour count. */
  readonly fewestNeighbours: number;
  /** DBSCAN's radius. */
  readonly radius: number;
  /** The number of clusters. */
  readonly clusters: number;
  /** The share of rows in no cluster. */
  readonly noise: number;
  /** `(1 - noise) ln(1 + clusters)`. */
  readonly validity: number;
  /** How well the clusterings of subsets agree. */
  readonly stability: number;
  /** Validity plus weighted stability; the highest score wins. */
  readonly score: number;
}

/** The representative rows of a person's frames of one class, and how they were found. */
export interface ClusterSearch {
  /** The medoids' row indices, cluster by cluster. */
  readonly medoids: readonly number[];
  /** Absent if nothing could be clustered; then the row nearest to the mean represents all. */
  readonly chosen: ClusterCandidate | undefined;
  /** The cluster of each row, -1 for none; absent with `chosen`. */
  readonly labels: Int32Array | undefined;
  /** All clusterings that were tried, in order. */
  readonly candidates: readonly ClusterCandidate[];
}

/** Two clusterings are compared if they have at least this many rows in common. */
const fewestInCommon = 5;

/** Tries all clusterings of the settings on normalised rows and takes the best, the first of equals. */
export function searchClusters(
  rows: readonly Vector[],
  subsets: readonly (readonly number[])[],
  settings: SourceSettings,
): ClusterSearch {
  const everything = rows.map((_, i) => i), candidates: ClusterCandidate[] = [];
  if (rows.length === 0) {
    return { medoids: [], chosen: undefined, labels: undefined, candidates };
  }
  const distances = pairwiseDistances(rows);
  let chosen: ClusterCandidate | undefined, labels: Int32Array | undefined;
  for (const fewest of settings.fewestNeighbours) {
    if (rows.length < Math.max(fewest + 1, settings.fewestFrames)) continue;
    for (const radius of radiiOf(distances, rows.length, fewest, settings)) {
      const found = dbscan(distances, everything, radius, fewest);
      const clusters = countClusters(found);
      const left = found.filter((label) => label === noise).length / rows.length;
      if (clusters === 0 || left > settings.mostNoise) continue;
      const validity = (1 - left) * Math.log1p(clusters);
      const stability = stabilityOf(
        subsets,
        subsets.map((some) => dbscan(distances, some, radius, fewest)),
      );
      const score = validity + settings.stabilityWeight * stability;
      const candidate = {
        fewestNeighbours: fewest,
        radius,
        clusters,
        noise: left,
        validity,
        stability,
        score,
      };
      candidates.push(candidate);
      if (chosen && score <= chosen.score) continue;
      [chosen, labels] = [candidate, found];
    }
  }
  const groups = labels
    ? Array.from(
      { length: countClusters(labels) },
      (_, cluster) => everything.filter((i) => labels[i] === cluster),
    )
    : [everything];
  return { medoids: groups.map((group) => medoidOf(rows, group)), chosen, labels, candidates };
}

/**
 * Draws sorted subsets of N rows, without repetition, on which clusterings are repeated. They depend
 * on the seed and the purpose, not on what was drawn before.
 */
export function drawSubsets(
  count: number,
  purpose: string,
  { subsets, subsetShare, subsetRounding, seed }: SourceSettings,
): number[][] {
  const size = subsetRounding === "down"
    ? Math.floor(subsetShare * count)
    : Math.round(subsetShare * count);
  const rng = new Rng(seed + hash(purpose));
  return Array.from({ length: subsets }, () => {
    const rows = Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < size; i++) {
      const j = rng.integer(i, count - 1);
      [rows[i], rows[j]] = [rows[j] as number, rows[i] as number];
    }
    return rows.slice(0, size).sort((a, b) => a - b);
  });
}

/** The FNV-1a hash of a text. */
function hash(text: string): number {
  return new TextEncoder().encode(text)
    .reduce((sum, byte) => Math.imul(sum ^ byte, 16777619), 2166136261) >>> 0;
}

/** The radii to try: quantiles of the distance to each row's m-th neighbour, itself being the first. */
function radiiOf(
  distances: Float64Array,
  count: number,
  fewest: number,
  { quantiles, leastRadius }: SourceSettings,
): number[] {
  const away = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const sorted = distances.slice(i * count, (i + 1) * count).sort();
    away[i] = sorted[fewest - 1] as number;
  }
  away.sort();
  const radii = quantiles.map((q) => {
    const at = q * (count - 1), below = Math.floor(at);
    const a = away[below] as number, b = away[Math.min(below + 1, count - 1)] as number;
    return a + (b - a) * (at - below);
  });
  return [...new Set(radii)].filter((radius) => radius > leastRadius).sort((a, b) => a - b);
}

/** The mean agreement of all pairs of subsets with enough rows in common; 0 without such a pair. */
function stabilityOf(
  subsets: readonly (readonly number[])[],
  labels: readonly Int32Array[],
): number {
  const byRow = subsets.map((rows, s) => new Map(rows.map((row, i) => [row, labels[s]?.[i] ?? 0])));
  const agreements: number[] = [];
  for (const [s, first] of byRow.entries()) {
    for (const second of byRow.slice(s + 1)) {
      const common = [...first.keys()].filter((row) => second.has(row));
      if (common.length < fewestInCommon) continue;
      const of = (some: ReadonlyMap<number, number>) => common.map((row) => some.get(row) ?? 0);
      agreements.push(adjustedRand(of(first), of(second)));
    }
  }
  return agreements.length === 0 ? 0 : average(agreements);
}

/** The row that is nearest to the mean of its group. */
function medoidOf(rows: readonly Vector[], group: readonly number[]): number {
  const center = meanOf(group.map((i) => rows[i] as Vector));
  let best = group[0] ?? 0, least = Infinity;
  for (const i of group) {
    const distance = squaredDistance(center, rows[i] as Vector);
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/**
 * The adjusted Rand index of two labellings of the same rows: 1 if they are equal up to renaming, about
 * 0 if they are unrelated. Noise counts as a label.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const together = new Map<string, number>(),
    inA = new Map<number, number>(),
    inB = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number, y = b[i] as number, key = `${x},${y}`;
    together.set(key, (together.get(key) ?? 0) + 1);
    inA.set(x, (inA.get(x) ?? 0) + 1);
    inB.set(y, (inB.get(y) ?? 0) + 1);
  }
  const squares = (counts: Map<unknown, number>) =>
    counts.values().reduce((sum, count) => sum + count ** 2, 0);
  const both = squares(together), first = squares(inA), second = squares(inB);
  // Counts of ordered pairs of rows, by whether each labelling puts them together.
  const yesYes = both - a.length, yesNo = first - both, noYes = second - both;
  const noNo = a.length ** 2 - both - yesNo - noYes;
  if (yesNo === 0 && noYes === 0) return 1;
  return 2 * (yesYes * noNo - yesNo * noYes) /
    ((yesYes + yesNo) * (yesNo + noNo) + (yesYes + noYes) * (noYes + noNo));
}
