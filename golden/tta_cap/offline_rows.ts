import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import {
  buildSourceCache,
  type Personalization,
  personalize,
  type SourceCache,
} from "../../tta/tta_cap/source_cache.ts";
import { drawSubsets } from "../../tta/tta_cap/cluster_search.ts";
import type { Vector } from "../../numbers/vectors.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { type OfflineFile, sourceSettingsOf, type StoredRanking } from "./offline_set.ts";
import { rowsOf } from "./online_set.ts";
import { RowWriter } from "./row_writer.ts";
import { compareSearch } from "./search_rows.ts";
import { tolerances } from "./tolerances.ts";

/** Builds the source cache of `offline.safetensors` and compares it with the original's. */
export async function compareOffline(set: GoldenSet, report: GoldenReport): Promise<void> {
  const stored = await set.json<OfflineFile>("offline.json");
  using file = await set.tensors("offline.safetensors");
  const settings = sourceSettingsOf(stored.search);
  const rows = new RowWriter(report, "tta-cap: offline: ");
  const left = new Set(
    [...file.tensors.keys()].filter((name) => !/^(features|bootstrap)\//.test(name)),
  );
  const compare = async (name: string, got: readonly Vector[]) => {
    left.delete(name);
    rows.tensor(name, got.flatMap((row) => [...row]), await numbersOf(file, name));
  };

  const frames = await sourceFrames(file, stored);
  const subsets = await storedSubsets(file, stored);
  rows.equal(
    "sizes of the subsets",
    Object.entries(subsets).map(([name, some]) => [name, ...some.map(({ length }) => length)]),
    Object.keys(subsets).map((name) => {
      const [subject = "", label] = name.split("/"),
        count = frames[subject]?.[Number(label)]?.length;
      return [name, ...drawSubsets(count ?? 0, name, settings).map(({ length }) => length)];
    }),
  );
  const options = {
    subsets: (subject: string, label: number) => subsets[`${subject}/${label}`] ?? [],
  };
  const cache = buildSourceCache(frames, { settings, ...options });
  for (const [subject, { prototypes, statistics, searches }] of cache.subjects) {
    for (const [label, search] of searches.entries()) {
      const wanted = stored.source[`${subject}/${label}`];
      if (!wanted) continue;
      const count = frames[subject]?.[label]?.length ?? 0;
      compareSearch(rows, report, `${subject}/${label}`, search, count, wanted);
      await compare(`source_prototypes/${subject}/${label}`, prototypes[label] ?? []);
    }
    await compare(`source_mean/${subject}`, [statistics.mean]);
    await compare(`source_var/${subject}`, [statistics.variance]);
  }

  for (const [target, wanted] of Object.entries(stored.target)) {
    const own = await rowsOf(file, `features/tgt${target}`);
    const found = personalize(cache, own);
    await compare(`target_mean/${target}`, [found.statistics.mean]);
    await compare(`target_var/${target}`, [found.statistics.variance]);
    compareRanking(rows, `target ${target}: distances`, found, wanted.distances);
    rows.equal(
      `target ${target}: selected`,
      found.nearest.slice(0, settings.nearestSubjects).map(({ subject }) => subject),
      wanted.selected,
    );
    for (const { name, label, most } of personalized(file, target)) {
      const { prototypes } = personalize(withMost(cache, most), own);
      await compare(name, prototypes[label] ?? []);
    }
  }

  const anchored = buildSourceCache(frames, {
    settings: { ...settings, anchorClass: 0 },
    ...options,
  });
  for (const [target, wanted] of Object.entries(stored.v1_rank ?? {})) {
    const own = await rowsOf(file, `features/tgt${target}`);
    // The first half of a target's frames is of the anchor class, by the format.
    const found = personalize(anchored, own.slice(0, own.length >> 1));
    compareRanking(rows, `v1_rank ${target}`, found, wanted);
  }
  rows.unknown([...left]);
  rows.unknown(
    Object.keys(stored).filter((name) =>
      !["source", "target", "v1_rank", "search", "margins"].includes(name)
    ),
  );
  report.leaveOut(
    ["tta-cap: offline: seeds"],
    "what numpy draws its subsets from: the subsets are fed in",
  );
}

async function sourceFrames(
  file: TensorFile,
  { source }: OfflineFile,
): Promise<Record<string, Float64Array[][]>> {
  const frames: Record<string, Float64Array[][]> = {};
  for (const name of Object.keys(source)) {
    const at = name.lastIndexOf("/"),
      subject = name.slice(0, at),
      label = Number(name.slice(at + 1));
    const classes = frames[subject] ??= [];
    classes[label] = await rowsOf(file, `features/${subject}/c${label}`);
  }
  return frames;
}

async function storedSubsets(
  file: TensorFile,
  { source }: OfflineFile,
): Promise<Record<string, number[][]>> {
  const subsets: Record<string, number[][]> = {};
  for (const name of Object.keys(source)) {
    subsets[name] = (await rowsOf(file, `bootstrap/${name}`)).map((rows) => [...rows]);
  }
  return subsets;
}

/** The tensors with a target's prototypes: all of them, or a few of each class. */
function personalized(file: TensorFile, target: string) {
  return [...file.tensors.keys()].flatMap((name) => {
    const [, most = "0", subject, label] = /^personalized(?:_cap(\d+))?\/(.+)\/(\d+)$/.exec(name) ??
      [];
    return subject === target ? [{ name, label: Number(label), most: Number(most) }] : [];
  });
}

function withMost(cache: SourceCache, mostPerClass: number): SourceCache {
  return { ...cache, settings: { ...cache.settings, mostPerClass } };
}

function compareRanking(
  rows: RowWriter,
  name: string,
  { nearest }: Personalization,
  wanted: StoredRanking,
): void {
  rows.equal(`${name}, order`, nearest.map(({ subject }) => subject), wanted.map(([one]) => one));
  rows.numbers(
    name,
    [nearest.map(({ distance }) => distance)],
    [wanted.map(([, distance]) => distance)],
    tolerances.vector,
  );
}
