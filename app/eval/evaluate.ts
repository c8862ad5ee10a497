import { createHash } from "node:crypto";
import { join } from "node:path";
import { sha256 } from "../../io/files/sha256.ts";
import { encodeDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { fingerprintOf } from "../../tta/pft/latent_pft_file.ts";
import { type Dataset, type DatasetClip, encodeAll } from "../../data/dataset.ts";
import { checkSides } from "../../data/split_targets.ts";
import { orderClips, pickSources } from "../../data/pick_sources.ts";
import type { Split } from "../../data/split_subjects.ts";
import { countdown } from "../terminal/status_line.ts";
import { projectVersion } from "../infer/about.ts";
import { costsOf, encodingCost } from "./costs.ts";
import { overlapping } from "./find_overlap.ts";
import { DecisionStore } from "./decision_store.ts";
import { type EvaluationSetup, runMethods, wantsSourceFeatures } from "./run_methods.ts";
import { type FramedClip, levelTable, type Protocol, scoreLevels } from "./level_scores.ts";
import { scoreRuns } from "./score_runs.ts";
import { scoreTable } from "./score_table.ts";

/** What to evaluate, and on what. */
export interface Evaluation extends Omit<EvaluationSetup, "store" | "onDecided"> {
  readonly resamples: number;
  /** Other settings that features depend on, to be written beside the results. */
  readonly settings: Readonly<Record<string, number>>;
  /** The folder for decisions. */
  readonly folder: string;
  /** Judges frames and videos too, by this protocol, where there are two classes. */
  readonly protocol?: Protocol | undefined;
  /** Targets who taught the head or chose its epoch: the results tell of them. */
  readonly overlap?: readonly string[] | undefined;
}

/** Everything that is written. */
export type Results = Awaited<ReturnType<typeof evaluate>>;

/** Evaluates methods on people whom they were not trained on. */
export async function evaluate(evaluation: Evaluation) {
  const { device, dataset, contenders, models, seed, resamples, sourceClips } = evaluation;
  const { signal, overlap = [] } = evaluation;
  checkSides(evaluation.split);
  const wantsSources = contenders.some(({ entry }) => wantsSourceFeatures(entry, models));
  const picked = wantsSources ? pickSources(evaluation.split.train, sourceClips, seed) : [];
  const aside = [...evaluation.resting?.values() ?? []].flat();
  const restful = contenders.some(({ entry }) => entry.needs.includes("source rest"));
  const restOfSources = restful ? evaluation.sourceRest ?? [] : [];
  const wanted = [
    ...new Set([...evaluation.split.held, ...aside, ...picked, ...restOfSources]),
  ];
  const onClip = countdown(wanted.length, "clips encoded");
  const faceless = await encodeAll(dataset, wanted, { signal, onClip });
  const seen = (clips: readonly DatasetClip[]) => clips.filter(({ id }) => !faceless.has(id));
  const split = { train: seen(evaluation.split.train), held: seen(evaluation.split.held) };
  const resting = evaluation.resting &&
    new Map([...evaluation.resting].map(([subject, clips]) => [subject, seen(clips)]));
  const blind = [...resting ?? []].find(([, clips]) => clips.length === 0);
  if (blind) throw new Error(`Cannot enroll "${blind[0]}": no resting clip shows a face`);
  if (split.held.length === 0) throw new Error("Cannot evaluate: no target's clip shows a face");
  /** What is needed to reproduce an evaluation. */
  const facts = {
    version: projectVersion,
    dataset: dataset.name,
    classes: dataset.classes,
    model: await models.clip.identity(),
    head: await models.model?.fingerprint(),
    settings: { ...evaluation.settings, seed, resamples, source_clips: sourceClips },
    sources: peopleOf(split.train),
    targets: peopleOf(split.held),
    ...resting && {
      enrolled_with: Object.fromEntries(
        [...resting].sort().map(([subject, clips]) => [subject, clips.map(({ id }) => id)]),
      ),
    },
    ...overlap.length > 0 && { known_to_head: overlap },
    left_out: [...faceless].sort().map((clip) => ({ clip, why: "no face is seen in it" })),
  };
  const of = await describe(evaluation, split, [...picked, ...restOfSources], [
    ...[facts.version, device.adapter.name, facts.classes, facts.model, facts.head],
    ...[seed, sourceClips],
    ...aside.length > 0 ? [aside.map(({ id }) => id)] : [],
    ...restOfSources.length > 0 ? [restOfSources.map(({ id }) => id)] : [],
    ...models.translator ? [await fingerprintOf(models.translator)] : [],
    ...models.dsfda ? [await sha256([encodeDsfda(models.dsfda)])] : [],
  ]);
  const store = new DecisionStore(join(evaluation.folder, "decisions"), of);
  const people = orderClips(split.held, seed).size;
  const draws = contenders.reduce((sum, { entry }) => sum + (entry.draws ?? 1), 0);
  const show = countdown(draws * split.held.length, "decisions");
  let done = 0;
  const onDecided = (clips: number) => show(done += clips);
  const sourceRest = seen(restOfSources);
  const runs = await runMethods({ ...evaluation, split, resting, sourceRest, store, onDecided });
  const levels = evaluation.protocol === undefined
    ? undefined
    : scoreLevels(runs, await framed(dataset, split.held), evaluation.protocol);
  const rows = scoreRuns(runs, split.held, dataset.classes.length, { resamples, seed });
  return {
    facts,
    rows,
    table: [
      scoreTable(rows, people, split.held.length),
      ...levels && evaluation.protocol ? [levelTable(levels, evaluation.protocol)] : [],
      ...overlap.length > 0
        ? [
          `! the head is tested on ${
            overlapping(overlap, people)
          }: its rows look better than they are`,
        ]
        : [],
    ].join("\n\n"),
    levels,
    runs,
    clips: split.held,
    costs: costsOf(runs),
    encoding: await encodingCost(dataset, split.held),
    memory: {
      devicePeakBytes: device.pool.peakBytes,
      residentBytes: Deno.memoryUsage().rss,
    },
    /** What the times belong to. */
    adapter: device.adapter.name,
    schedule: device.schedule.fingerprint,
  };
}

/** Clips with how many frames they have. */
async function framed(dataset: Dataset, clips: readonly DatasetClip[]): Promise<FramedClip[]> {
  const all: FramedClip[] = [];
  for (const clip of clips) all.push({ ...clip, frames: await dataset.frameCount?.(clip) ?? 1 });
  return all;
}

/** Identifies everything that decisions depend on besides the method. */
async function describe(
  { dataset }: Evaluation,
  { train, held }: Split<DatasetClip>,
  picked: readonly DatasetClip[],
  facts: readonly unknown[],
): Promise<string> {
  const hash = createHash("sha256");
  const add = (value: unknown) => hash.update(JSON.stringify(value) + "\n");
  add(facts);
  for (const clip of train) add([clip.id, clip.subject, clip.label, clip.task]);
  for (const { id, subject, task } of held) add([id, subject, task]);
  for (const { transcript } of [...train, ...held]) if (transcript !== undefined) add(transcript);
  for (const clip of [...held, ...picked]) add(await dataset.key?.(clip));
  return hash.digest("hex");
}

function peopleOf(clips: readonly DatasetClip[]): string[] {
  return [...new Set(clips.map(({ subject }) => subject))].sort();
}
