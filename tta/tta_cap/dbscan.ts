import { squaredDistance, type Vector } from "../../numbers/vectors.ts";

/** The label of rows in no cluster. */
export const noise = -1;

/** Euclidean distances of all pairs of rows, `[N, N]`. */
export function pairwiseDistances(rows: readonly Vector[]): Float64Array {
  const count = rows.length, distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredDistance(rows[i] as Vector, rows[j] as Vector));
      distances[i * count + j] = distances[j * count + i] = distance;
    }
  }
  return distances;
}

/**
 * DBSCAN over some of N rows, by their distances `[N, N]`. A row is a core if at least `fewest` rows,
 * including itself, lie within `radius`. Clusters are numbered in row order; a border row of several
 * belongs to the first. Returns a label for each of `among`, or `noise`.
 */
export function dbscan(
  distances: Float64Array,
  among: readonly number[],
  radius: number,
  fewest: number,
): Int32Array {
  const total = Math.sqrt(distances.length), count = among.length;
  const near = among.map((row) => {
    const found: number[] = [];
    for (let j = 0; j < count; j++) {
      if ((distances[row * total + (among[j] as number)] as number) <= radius) found.push(j);
    }
    return found;
  });
  const labels = new Int32Array(count).fill(noise);
  const isCore = (i: number) => (near[i]?.length ?? 0) >= fewest;
  let clusters = 0;
  for (let i = 0; i < count; i++) {
    if (labels[i] !== noise || !isCore(i)) continue;
    const open = [i];
    labels[i] = clusters;
    for (let core = open.pop(); core !== undefined; core = open.pop()) {
      for (const j of near[core] ?? []) {
        if (labels[j] !== noise) continue;
        labels[j] = clusters;
        if (isCore(j)) open.push(j);
      }
    }
    clusters++;
  }
  return labels;
}

/** The number of clusters in labels. */
export function countClusters(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label + 1), 0);
}
