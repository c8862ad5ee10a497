import { createHash } from "node:crypto";
import type { Device } from "../../engine/mod.ts";
import type { Method, MethodEntry, MethodSetup, UnlabelledClip } from "../../tta/methods/mod.ts";
import type { Dataset, DatasetClip } from "../../train/datasets/mod.ts";
import { shuffled, type Split } from "../../train/split_subjects.ts";
import type { DecisionStore, PersonDecisions } from "./decision_store.ts";

/** A method or a baseline of an evaluation. */
export interface Contender {
  readonly entry: MethodEntry;
  readonly baseline: boolean;
}

/** What it said: by draws, and in these by people. */
export interface ContenderRun extends Contender {
  readonly draws: readonly (readonly PersonDecisions[])[];
}

/** What an evaluation runs on. */
export interface EvaluationSetup {
  readonly device: Device;
  readonly dataset: Dataset;
  readonly split: Split<DatasetClip>;
  readonly contenders: readonly Contender[];
  /** All of a method's setup that does not depend on the method. */
  readonly models: Omit<MethodSetup, "sources" | "draw">;
  readonly seed: number;
  /** Clips of each class and source person whose features are asked for. */
  readonly sourceClips: number;
  readonly store: DecisionStore;
  /** Whether to go on with what the store holds. */
  readonly resume: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told of clips that are decided on, or were before. */
  readonly onDecided?: ((clips: number) => void) | undefined;
}

/** Lets every contender decide on every target's clips. No method is shown a target's label. */
export async function runMethods(setup: EvaluationSetup): Promise<ContenderRun[]> {
  const people = orderClips(setup.split.held, setup.seed);
  const runs: ContenderRun[] = [];
  for (const contender of setup.contenders) {
    const { entry } = contender, draws: PersonDecisions[][] = [];
    for (let draw = 0; draw < (entry.draws ?? 1); draw++) {
      draws.push(await runDraw(setup, entry, draw, people));
    }
    runs.push({ ...contender, draws });
  }
  return runs;
}

/**
 * Each person's clips in an order that the seed and their names decide: label files go class by class,
 * and methods that learn from clip to clip must not learn that.
 */
export function orderClips(
  clips: readonly DatasetClip[],
  seed: number,
): Map<string, readonly DatasetClip[]> {
  const bySubject = Map.groupBy(clips, ({ subject }) => subject);
  return new Map(
    [...bySubject.keys()].sort().map((subject) => {
      const some = [...bySubject.get(subject) ?? []].sort((a, b) => a.id < b.id ? -1 : 1);
      const hash = createHash("sha256").update(`${seed} ${subject}`).digest();
      return [subject, shuffled(some, hash.readUInt32LE())];
    }),
  );
}

/** Some clips of each class and source person, for methods that want features: the seed says which. */
export function pickSources(
  clips: readonly DatasetClip[],
  count: number,
  seed: number,
): DatasetClip[] {
  const people = [...orderClips(clips, seed).values()];
  return people.flatMap((some) =>
    [...Map.groupBy(some, ({ label }) => label).values()].flatMap((same) => same.slice(0, count))
  );
}

async function runDraw(
  setup: EvaluationSetup,
  entry: MethodEntry,
  draw: number,
  people: ReadonlyMap<string, readonly DatasetClip[]>,
): Promise<PersonDecisions[]> {
  const { device, store, split, dataset, signal } = setup;
  const key = entry.draws === undefined ? entry.name : `${entry.name} ${draw + 1}`;
  const all: PersonDecisions[] = [], before = device.pool.bytesUsed;
  using owned = new DisposableStack();
  let method: Method | undefined;
  for (const [subject, clips] of people) {
    signal?.throwIfAborted();
    let decisions = setup.resume ? await store.read(key, subject) : undefined;
    if (decisions) setup.onDecided?.(clips.length);
    else {
      if (!method) {
        const some = entry.needs.includes("source features")
          ? pickSources(split.train, setup.sourceClips, setup.seed)
          : split.train;
        const sources = some.map((clip) => ({ ...clip, ...asked(dataset, clip, signal) }));
        method = owned.use(await entry.open({ ...setup.models, sources, draw }));
      }
      decisions = await runPerson(setup, method, subject, clips, before);
      await store.write(key, decisions);
    }
    all.push(decisions);
  }
  return all;
}

async function runPerson(
  { device, dataset, signal, onDecided }: EvaluationSetup,
  method: Method,
  subject: string,
  clips: readonly DatasetClip[],
  before: number,
): Promise<PersonDecisions> {
  const unlabelled: UnlabelledClip[] = [];
  for (const [i, clip] of clips.entries()) {
    // Read before the clock starts: what is told is the method's own time. Files are often named after
    // their class: a method gets a name that says nothing.
    const features = await dataset.features(clip, signal);
    unlabelled.push({
      id: `clip ${i + 1} of ${subject}`,
      task: clip.task,
      features: () => Promise.resolve(features),
    });
  }
  const begun = performance.now();
  await method.begin({ subject, clips: unlabelled });
  const beginMilliseconds = performance.now() - begun;
  const decided: { id: string; probabilities: number[] }[] = [], milliseconds: number[] = [];
  let bytes = device.pool.bytesUsed - before;
  for (const [i, clip] of unlabelled.entries()) {
    signal?.throwIfAborted();
    const start = performance.now();
    const { probabilities } = await method.decide(clip, { signal });
    milliseconds.push(performance.now() - start);
    bytes = Math.max(bytes, device.pool.bytesUsed - before);
    checkDecision(probabilities, dataset.classes.length, clip.id);
    onDecided?.(1);
    decided.push({ id: clips[i]?.id ?? "", probabilities: [...probabilities] });
  }
  return { subject, clips: decided, milliseconds, beginMilliseconds, bytes };
}

function asked(dataset: Dataset, clip: DatasetClip, signal: AbortSignal | undefined) {
  return { features: () => dataset.features(clip, signal) };
}

function checkDecision(probabilities: Float32Array, classes: number, id: string): void {
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (probabilities.length === classes && Math.abs(sum - 1) < 1e-3) return;
  throw new RangeError(
    `Cannot score the decision on "${id}": wanted ${classes} probabilities that sum to 1: got ` +
      `[${[...probabilities].map((p) => p.toPrecision(4)).join(", ")}]`,
  );
}
