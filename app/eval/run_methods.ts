import type { Device } from "../../engine/mod.ts";
import { shownSide } from "../../tta/dsfda/dsfda.ts";
import { checkDecision } from "../../tta/methods/method.ts";
import type { Method, MethodEntry, MethodSetup, UnlabelledClip } from "../../tta/methods/mod.ts";
import type { Dataset, DatasetClip } from "../../data/dataset.ts";
import { orderClips, pickSources } from "../../data/pick_sources.ts";
import type { Split } from "../../data/split_subjects.ts";
import type { DecisionStore, PersonDecisions } from "./decision_store.ts";

/** A method or a baseline of an evaluation. */
export interface Contender {
  readonly entry: MethodEntry;
  readonly baseline: boolean;
}

/** Its decisions: by draws, and in each by people. */
export interface ContenderRun extends Contender {
  readonly draws: readonly (readonly PersonDecisions[])[];
}

/** What an evaluation runs on. */
export interface EvaluationSetup {
  readonly device: Device;
  readonly dataset: Dataset;
  readonly split: Split<DatasetClip>;
  /** Targets' resting clips that are set aside for methods that need "resting", by person. */
  readonly resting?: ReadonlyMap<string, readonly DatasetClip[]> | undefined;
  /** Source people's resting clips, for methods that need "source rest". */
  readonly sourceRest?: readonly DatasetClip[] | undefined;
  readonly contenders: readonly Contender[];
  /** The part of a method's setup that is the same for all. */
  readonly models: Omit<MethodSetup, "sources" | "draw">;
  readonly seed: number;
  /** Clips per class and source person whose features are used. */
  readonly sourceClips: number;
  readonly store: DecisionStore;
  /** Whether to reuse decisions in the store. */
  readonly resume: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of clips that are decided on, or were before. */
  readonly onDecided?: ((clips: number) => void) | undefined;
}

/** Lets every contender decide on every target's clips. No method gets a target's label. */
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
        const some = wantsSourceFeatures(entry, setup.models)
          ? pickSources(split.train, setup.sourceClips, setup.seed)
          : split.train;
        const toldOf = (clips: readonly DatasetClip[]) =>
          clips.map((clip) => ({ ...clip, ...asked(dataset, clip, signal) }));
        const sources = toldOf(some);
        const sourceRest = entry.needs.includes("source rest")
          ? toldOf(setup.sourceRest ?? [])
          : undefined;
        method = owned.use(await entry.open({ ...setup.models, sources, sourceRest, draw }));
      }
      const resting = entry.needs.includes("resting") ? setup.resting?.get(subject) : undefined;
      decisions = await runPerson(setup, method, subject, { clips, resting }, before);
      await store.write(key, decisions);
    }
    all.push(decisions);
  }
  return all;
}

async function runPerson(
  setup: EvaluationSetup,
  method: Method,
  subject: string,
  { clips, resting }: {
    readonly clips: readonly DatasetClip[];
    readonly resting: readonly DatasetClip[] | undefined;
  },
  before: number,
): Promise<PersonDecisions> {
  const { device, dataset, signal, onDecided } = setup;
  const unlabelled: UnlabelledClip[] = [];
  for (const [i, clip] of clips.entries()) {
    // Features are read before the clock starts, which measures the method alone. Files are often named
    // after their class, so a method gets a neutral name.
    const features = await dataset.features(clip, signal);
    unlabelled.push({
      id: `clip ${i + 1} of ${subject}`,
      task: clip.task,
      transcript: clip.transcript,
      voice: clip.voice,
      features: () => Promise.resolve(features),
      ...picturesOf(setup, clip),
    });
  }
  const told = resting?.map((clip, i) => ({
    id: `resting clip ${i + 1} of ${subject}`,
    ...asked(dataset, clip, signal),
    ...picturesOf(setup, clip),
  }));
  const begun = performance.now();
  await method.begin({ subject, clips: unlabelled, resting: told }, { signal });
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

/** Whether a method looks at features of source people, which take long to compute. */
export function wantsSourceFeatures(
  { needs }: Pick<MethodEntry, "needs">,
  { translator }: Pick<MethodSetup, "translator">,
): boolean {
  return needs.includes("source features") || (needs.includes("translator") && !translator);
}

function asked(dataset: Dataset, clip: DatasetClip, signal: AbortSignal | undefined) {
  return { features: () => dataset.features(clip, signal) };
}

/** A clip's pictures, where DSFDA decides. They are made anew each time, as they are kept nowhere. */
function picturesOf(
  { dataset, models: { dsfda }, signal }: EvaluationSetup,
  clip: DatasetClip,
): Pick<UnlabelledClip, "faces"> {
  const faces = dataset.faces?.bind(dataset);
  return dsfda && faces ? { faces: () => faces(clip, shownSide(dsfda), signal) } : {};
}
