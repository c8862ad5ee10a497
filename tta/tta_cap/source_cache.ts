import { type ClusterSearch, drawSubsets, searchClusters } from "./cluster_search.ts";
import type { Prototypes } from "./prototypes.ts";
import { checkSourceSettings, type SourceSettings, sourceVersions } from "./source_settings.ts";
import { average, dot, largestPlaces, meanOf, unit, type Vector } from "../../numbers/vectors.ts";

/** A person of the training set. */
export interface SourceSubject {
  /** Representative embeddings of the person's frames, class by class. */
  readonly prototypes: Prototypes;
  /** The statistics by which people are compared. */
  readonly statistics: FeatureStatistics;
  /** How the prototypes were found, class by class; empty for people loaded from a file. */
  readonly searches: readonly ClusterSearch[];
}

/** The prototypes and statistics of the people of a training set. */
export interface SourceCache {
  /** How it was built. */
  readonly settings: SourceSettings;
  /** The people by name. */
  readonly subjects: ReadonlyMap<string, SourceSubject>;
}

/** The source caches of both versions, which differ in prototypes and comparison. */
export type SourceCaches = Readonly<Record<keyof typeof sourceVersions, SourceCache>>;

/** Options of `buildSourceCache()`. */
export interface SourceCacheOptions {
  /** Those of version 2 by default. */
  readonly settings?: SourceSettings;
  /** Gives subsets of a person's frames of a class, instead of drawing them. */
  readonly subsets?: (subject: string, label: number) => readonly (readonly number[])[];
}

/**
 * Builds the source cache. The frame embeddings of each person of the training set are clustered class
 * by class, and the medoid of each cluster is kept as a prototype. Embeddings are normalised.
 *
 * @example
 * ```ts
 * import { buildSourceCache, personalize } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const frames = (x: number) =>
 *   Array.from({ length: 12 }, (_, i) => Float32Array.of(x, 1, 0.01 * i));
 * const cache = buildSourceCache({ anna: [frames(0), frames(2)], ben: [frames(-3), frames(-1)] });
 * const { prototypes, nearest } = personalize(cache, [...frames(0.1), ...frames(1.9)]);
 * assert.equal(nearest[0]?.subject, "anna");
 * assert.equal(prototypes.length, 2);
 * ```
 */
export function buildSourceCache(
  subjects: Readonly<Record<string, readonly (readonly Vector[])[]>>,
  { settings = sourceVersions.v2, subsets }: SourceCacheOptions = {},
): SourceCache {
  checkSourceSettings(settings);
  const all = Object.entries(subjects), [, first = []] = all[0] ?? [];
  const width = all[0]?.[1].flat()[0]?.length ?? 0;
  const { anchorClass } = settings;
  if (all.length === 0) {
    throw new TypeError("Cannot build a source cache of no people: wanted one at least");
  }
  const built = all.map(([subject, classes]): [string, SourceSubject] => {
    const refuse = (why: string) =>
      new TypeError(`Cannot build a source cache: ${why} for subject "${subject}"`);
    if (classes.length !== first.length) {
      throw refuse(`got ${classes.length} classes, wanted ${first.length}`);
    }
    const rows = classes.map((frames) => unitRows(frames, width, refuse));
    const searches = rows.map((own, label) => {
      const drawn = subsets?.(subject, label) ??
        drawSubsets(own.length, `${subject}|${label}`, settings);
      const outside = drawn.flat().find((i) => !Number.isInteger(i) || !(i >= 0 && i < own.length));
      if (outside !== undefined) {
        throw refuse(`got a subset with row ${outside}, wanted below ${own.length}`);
      }
      return searchClusters(own, drawn, settings);
    });
    const prototypes = searches.map(({ medoids }, label) =>
      medoids.map((i) => rows[label]?.[i] as Vector)
    );
    const compared = anchorClass === undefined ? rows.flat() : prototypes[anchorClass] ?? [];
    if (compared.length === 0) {
      throw refuse(
        `got no frames${anchorClass === undefined ? "" : ` of class ${anchorClass}`}, wanted some`,
      );
    }
    return [subject, { prototypes, statistics: statisticsOf(compared, settings), searches }];
  });
  return { settings, subjects: new Map(built) };
}

/** The part of a source cache that suits a person. */
export interface Personalization {
  /** Prototypes for `TtaCap`, class by class, the nearest subject's first. */
  readonly prototypes: Prototypes;
  /** All subjects by distance; the first few provide the prototypes. */
  readonly nearest: readonly { readonly subject: string; readonly distance: number }[];
  /** The statistics of the person's frames. */
  readonly statistics: FeatureStatistics;
}

/**
 * Chooses the people of a source cache who are most similar to a person, by the person's frames. It
 * needs no labels, but it sees the frames before they are decided on, unless they come from another
 * video. If the cache compares people by an anchor class, give frames of that class.
 *
 * @example
 * ```ts
 * import { buildSourceCache, personalize, sourceVersions } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const settings = { ...sourceVersions.v2, nearestSubjects: 1 };
 * const far = [Float32Array.of(0, 1)], near = [Float32Array.of(1, 0)];
 * const cache = buildSourceCache({ far: [far], near: [near] }, { settings });
 * const { prototypes, nearest } = personalize(cache, [Float32Array.of(0.9, 0.1)]);
 * assert.deepEqual(nearest.map(({ subject }) => subject), ["near", "far"]);
 * assert.deepEqual([...prototypes[0]?.[0] ?? []], [1, 0]);
 * ```
 */
export function personalize(
  { settings, subjects }: SourceCache,
  frames: readonly Vector[],
): Personalization {
  const refuse = (why: string) => new TypeError(`Cannot personalize a source cache: ${why}`);
  const known = [...subjects], width = known[0]?.[1].statistics.mean.length ?? 0;
  const rows = unitRows(frames, width, refuse);
  if (rows.length === 0) throw refuse("got no frames, wanted one at least");
  const statistics = statisticsOf(rows, settings);
  const nearest = known
    .map(([subject, source]) => ({
      subject,
      distance: wasserstein(source.statistics, statistics),
    }))
    .sort((a, b) => a.distance - b.distance);
  const givers = nearest.slice(0, settings.nearestSubjects)
    .map(({ subject }) => subjects.get(subject)?.prototypes ?? []);
  const prototypes = (givers[0] ?? []).map((_, label) => {
    const all = givers.flatMap((own) => own[label] ?? []);
    // Like the original: sorted by nearness only where some are left out.
    if (settings.mostPerClass === 0 || all.length <= settings.mostPerClass) return all;
    const near = all.map((row) => dot(row, statistics.mean));
    return largestPlaces(near, settings.mostPerClass).map((i) => all[i] as Vector);
  });
  return { prototypes, nearest, statistics };
}

function unitRows(
  rows: readonly Vector[],
  width: number,
  refuse: (why: string) => Error,
): Float64Array[] {
  return rows.map((row) => {
    if (row.length !== width || !row.every(Number.isFinite) || row.every((x) => x === 0)) {
      throw refuse(
        `got an embedding that is not ${width} finite numbers, of which some are not 0`,
      );
    }
    return unit(row);
  });
}

/** Mean and variance of embeddings. */
export interface FeatureStatistics {
  /** `[D]` */
  readonly mean: Float64Array;
  /** `[D]`: the population's variance, shrunk. */
  readonly variance: Float64Array;
}

/** The statistics of one embedding or more. */
export function statisticsOf(
  rows: readonly Vector[],
  { shrink, shrinkTowards }: Pick<SourceSettings, "shrink" | "shrinkTowards">,
): FeatureStatistics {
  const mean = meanOf(rows), own = new Float64Array(mean.length);
  for (const row of rows) {
    for (let d = 0; d < own.length; d++) {
      own[d] = (own[d] as number) + ((row[d] as number) - (mean[d] as number)) ** 2 / rows.length;
    }
  }
  const towards = shrinkTowards === "one" ? 1 : average([...own]);
  return { mean, variance: own.map((v) => (1 - shrink) * v + shrink * towards) };
}

/** The squared 2-Wasserstein distance of two normal distributions without covariances. */
export function wasserstein(a: FeatureStatistics, b: FeatureStatistics): number {
  let sum = 0;
  for (let d = 0; d < a.mean.length; d++) {
    const v = a.variance[d] as number, w = b.variance[d] as number;
    sum += ((a.mean[d] as number) - (b.mean[d] as number)) ** 2 +
      v + w - 2 * Math.sqrt(Math.max(v * w, 1e-12));
  }
  return sum;
}
