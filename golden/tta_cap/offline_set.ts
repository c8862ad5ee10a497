import { type SourceSettings, sourceVersions } from "../../tta/tta_cap/source_settings.ts";

/** A clustering that the original tried. */
export interface StoredCandidate {
  readonly n: number;
  readonly min_samples: number;
  readonly eps: number;
  readonly validity: number;
  readonly noise_rate: number;
  readonly clusters: number;
  readonly stability: number;
  readonly score: number;
}

/** The original's result for a subject's frames of one class. */
export interface StoredSearch {
  readonly selected: Readonly<Record<string, number | null>>;
  readonly prototype_rows: readonly number[];
  readonly candidates: readonly StoredCandidate[];
  readonly labels: readonly number[] | null;
}

/** Subjects by distance. */
export type StoredRanking = readonly (readonly [subject: string, distance: number])[];

/** `offline.json`. */
export interface OfflineFile {
  readonly source: Readonly<Record<`${string}/${string}`, StoredSearch>>;
  readonly target: Readonly<
    Record<string, { readonly selected: readonly string[]; readonly distances: StoredRanking }>
  >;
  readonly v1_rank?: Readonly<Record<string, StoredRanking>>;
  readonly search: Readonly<Record<string, unknown>>;
}

/** The original's names of the search settings, and ours. */
const names: Readonly<Record<string, keyof SourceSettings>> = {
  min_samples: "fewestNeighbours",
  quantiles: "quantiles",
  bootstraps: "subsets",
  fraction: "subsetShare",
  stability_weight: "stabilityWeight",
  max_noise: "mostNoise",
  shrink: "shrink",
  top_m: "nearestSubjects",
};

/** Our settings for a set. Throws if one has no counterpart, so that none is ignored. */
export function sourceSettingsOf(search: OfflineFile["search"]): SourceSettings {
  const set = Object.entries(search).map(([name, value]) => {
    const ours = names[name];
    if (ours) return [ours, value] as const;
    throw new TypeError(`Cannot compare the source cache: this version does not know "${name}"`);
  });
  return { ...sourceVersions.v2, ...Object.fromEntries(set) };
}
