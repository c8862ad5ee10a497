import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { tuningModes } from "../../tta/clip_autt/tuning_settings.ts";
import type { DesignName } from "../../demo/people/design.ts";
import {
  type BenchmarkSize,
  classes,
  labelOf,
  type Role,
  sources,
  targets,
} from "../../demo/dataset/cast.ts";
import { drawnFeatures, type PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { neutralMean } from "../../tta/baselines/mod.ts";
import { debiased } from "../../tta/methods/debiased.ts";
import { ifn } from "../../tta/methods/ifn.ts";
import { pft } from "../../tta/methods/pft.ts";
import type { SourceClip } from "../../tta/methods/mod.ts";
import { zeroShot } from "../../tta/methods/zero_shot.ts";
import { entryMethod } from "./entry_method.ts";
import type { LatentPft } from "../../tta/pft/latent_pft.ts";
import { learnLatentPft } from "../../tta/pft/learn_latent_pft.ts";
import { heldPeople, trainDrawnHead } from "./heads.ts";
import { mixedPerson } from "./mixes.ts";
import { fitLinearProbe, type LinearProbe } from "./linear_probe.ts";
import {
  comparisons,
  HeadMethods,
  type Method,
  probed,
  type TestPerson,
  testPerson,
} from "./methods.ts";
import type { MethodResult, SeedTask, Stream } from "./run_streams.ts";

/** What a run needs, and where it reports progress. */
export interface RunTools {
  readonly device: Device;
  readonly clip: Clip;
  /** The same CLIP, which sees mirror images too. */
  readonly mirrored: Clip;
  /** Where features are kept. */
  readonly folder: string;
  readonly size: BenchmarkSize;
  readonly signal?: AbortSignal | undefined;
  readonly say: (text: string) => void;
}

/** What methods learned from source people. */
interface Learned {
  /** On features as they are; centred; centred, with nothing varied in training. */
  readonly plain: HeadMethods;
  readonly centred: HeadMethods;
  readonly former: HeadMethods;
  readonly probe: LinearProbe;
  readonly clips: readonly SourceClip[];
}

/** Methods on features of pictures and their mirror images; only for streams that name them. */
function mirroredMethods(centred: HeadMethods): [string, Method][] {
  return [
    ["enrolled with 3, mirrored", centred.plain(3)],
    ["rest, causal, mirrored", centred.rest(false)],
  ];
}

/** The methods of the table, by name, in its order. */
function methodsOf(
  { plain, centred, former, probe, clips }: Learned,
  { size, device }: RunTools,
  seed: number,
  translator: LatentPft,
): [string, Method][] {
  const official = { ...tuningModes.official, seed };
  const draws = Array.from({ length: size.draws }, (_, draw): [string, Method] => [
    `official, context ${draw + 1} not tuned`,
    plain.tuned({ ...tuningModes.official, steps: 0, seed: 1000 * seed + draw }, 0),
  ]);
  return [
    ["always neutral", (people) => Promise.resolve(people.map(({ clips }) => clips.map(() => 0)))],
    ["linear probe", probed(probe)],
    ["CLIP-AU", plain.plain(0)],
    [
      "neutral mean, knows that half is pain",
      entryMethod(neutralMean, { ...plain.setup(device), sources: clips }),
    ],
    ["window only", plain.tuned(comparisons.window, 0)],
    ["CLIP-AUTT official", plain.tuned(official, 0, true)],
    ...draws,
    ["CLIP-AUTT paper", plain.tuned({ ...tuningModes.paper, seed }, 0)],
    ["certainty on words", plain.tuned(comparisons.certainty, 0)],
    ["CLIP-AUTT subject", plain.tuned(tuningModes.subject, 0)],
    ["centred head, nobody enrolled", centred.plain(0)],
    ["enrolled with 1", centred.plain(1)],
    ["enrolled with 3", centred.plain(3)],
    ["enrolled with 3, nothing varied", former.plain(3)],
    ["rest, causal", centred.rest(false)],
    ["rest, causal, nothing varied", former.rest(false)],
    ["rest, looking ahead", centred.rest(true)],
    ["Iterative Feature Normalization", entryMethod(ifn, centred.setup(device))],
    ["latent PFT, 3 resting clips", entryMethod(pft, { ...plain.setup(device), translator })],
    ["zero-shot", entryMethod(zeroShot, plain.setup(device))],
    ["zero-shot, debiased", entryMethod(debiased, plain.setup(device))],
    ["enrolled with 3, window only", centred.tuned(comparisons.window, 3)],
    ["enrolled with 3, official", centred.tuned(official, 3, true)],
    ["enrolled with 3, paper", centred.tuned({ ...tuningModes.paper, seed }, 3)],
    ["enrolled with 3, certainty on words", centred.tuned(comparisons.certainty, 3)],
    ["enrolled with 3, subject", centred.tuned(tuningModes.subject, 3)],
    ["enrolled with 1, subject", centred.tuned(tuningModes.subject, 1)],
    ["oracle: best threshold of each", plain.oracle()],
  ];
}

/** Draws people or finds their features, and reports progress. */
function featuresOf(
  { clip, folder, signal, say }: RunTools,
  what: string,
  roles: readonly Role[],
): Promise<PersonFeatures[]> {
  return drawnFeatures(clip, roles, folder, {
    signal,
    onPerson: (done) => say(`${done} of ${roles.length} ${what} drawn`),
  });
}

/** The people whom heads are trained on. */
function learnFrom(tools: RunTools, design: DesignName): Promise<PersonFeatures[]> {
  const roles = sources(design, tools.size.sources, tools.size.sourceClips);
  return featuresOf(tools, `people to learn from (${design})`, roles);
}

/** The people whom methods are tested on. */
function testOn(tools: RunTools, design: DesignName, seed: number): Promise<PersonFeatures[]> {
  const roles = targets(design, seed, tools.size.targets, tools.size.targetClips);
  return featuresOf(tools, `people to test on (${design}, seed ${seed})`, roles);
}

/** Draws all people of a task whose features are not kept yet, so that `runSeed()` finds them. */
export async function drawPeople(tools: RunTools, { taught, streams, seed }: SeedTask) {
  const turned = streams.some(wantsMirrored) ? [{ ...tools, clip: tools.mirrored }] : [];
  for (const some of [tools, ...turned]) {
    await learnFrom(some, taught);
    for (const design of new Set(streams.map(({ design }) => design))) {
      await testOn(some, design, seed);
    }
  }
}

/** Whether a stream names methods that see mirror images. */
function wantsMirrored({ only }: Stream): boolean {
  return only?.some((name) => name.endsWith(", mirrored")) ?? false;
}

/** Tests all methods on the streams of a task: the results by stream, in their order. */
export async function runSeed(
  tools: RunTools,
  { taught, streams, seed }: SeedTask,
): Promise<MethodResult[][]> {
  const { device, clip, signal, say } = tools, learnt = await learnFrom(tools, taught);
  const probe = fitProbe(learnt.slice(0, -heldPeople), clip);
  say(`training heads of seed ${seed} (${taught})`);
  const trained = async (centre: boolean, vary: boolean) => {
    const head = await trainDrawnHead(device, clip, learnt, { seed, centre, vary, signal });
    return await HeadMethods.open(device, clip, head);
  };
  using plain = await trained(false, false);
  using centred = await trained(true, true);
  using former = await trained(true, false);
  const learned = { plain, centred, former, probe, clips: sourceClips(learnt) };
  const methods = methodsOf(learned, tools, seed, await learnTranslator(tools, learned.clips));
  using owned = new DisposableStack();
  const turned = streams.some(wantsMirrored)
    ? await learnMirrored({ ...tools, clip: tools.mirrored }, taught, seed, owned)
    : undefined;
  const views = [
    { methods, of: testedBy(tools, seed) },
    ...turned ? [{ methods: turned, of: testedBy({ ...tools, clip: tools.mirrored }, seed) }] : [],
  ];
  const results: MethodResult[][] = [];
  for (const stream of streams) {
    const { name, only } = stream, rows: MethodResult[] = [];
    const all = views.flatMap((view) =>
      view.methods.map(([method, decide]) => ({ method, decide, of: view.of }))
    );
    for (const { method, decide, of } of all) {
      if (only ? !only.includes(method) : method.endsWith(", mirrored")) continue;
      const people = await of(stream);
      signal?.throwIfAborted();
      say(`${name}: seed ${seed}, ${method}`);
      const begin = performance.now();
      const decided = await decide(people);
      rows.push({
        method,
        people: people.map(({ clips }, person) => ({
          seed,
          person,
          labels: clips.map(({ label }) => label),
          decided: decided[person] ?? [],
        })),
        seconds: (performance.now() - begin) / 1000,
      });
    }
    results.push(rows);
  }
  return results;
}

/** Gives the people of streams, with features as one CLIP sees them. */
function testedBy(tools: RunTools, seed: number): (stream: Stream) => Promise<TestPerson[]> {
  const drawn = new Map<DesignName, PersonFeatures[]>();
  return async ({ design, painClips, mix }) => {
    const found = drawn.get(design) ?? await testOn(tools, design, seed);
    drawn.set(design, found);
    return found.map((person, number) => {
      const whole = testPerson(person, painClips);
      return mix === undefined ? whole : mixedPerson(whole, mix, 1000 * seed + number);
    });
  };
}

/** A centred head that sees mirror images too, and its methods. */
async function learnMirrored(
  tools: RunTools,
  taught: DesignName,
  seed: number,
  owned: DisposableStack,
): Promise<[string, Method][]> {
  const { device, clip, signal } = tools, learnt = await learnFrom(tools, taught);
  const head = await trainDrawnHead(device, clip, learnt, {
    ...{ seed, centre: true, vary: true, signal },
  });
  return mirroredMethods(owned.use(await HeadMethods.open(device, clip, head)));
}

/** Latent PFT's translator, once for all streams. */
async function learnTranslator(
  { device, clip, signal, say }: RunTools,
  clips: readonly SourceClip[],
): Promise<LatentPft> {
  say("learning latent PFT's translator");
  const about = await clip.identity();
  return await learnLatentPft(device, clips, {
    ...{ classes, clip: about, width: clip.config.embedding, signal },
  });
}

/** The clips of those who heads are trained on, as methods of the product take them. */
function sourceClips(people: readonly PersonFeatures[]): SourceClip[] {
  return people.slice(0, -heldPeople).flatMap((person, number) =>
    person.map((features, i): SourceClip => ({
      id: `${number}/${i}`,
      subject: `${number}`,
      label: labelOf(i),
      features: () => Promise.resolve(features),
    }))
  );
}

function fitProbe(people: readonly PersonFeatures[], { config }: Clip): LinearProbe {
  const clips = people.flat(),
    labels = people.flatMap((person) => person.map((_, i) => labelOf(i)));
  return fitLinearProbe(clips, labels, config.embedding);
}
