import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { tuningModes } from "../../tta/tuning_settings.ts";
import { type DesignName, sourceDesign } from "../people/design.ts";
import { labelOf, type Role, sources, targets } from "./cast.ts";
import { drawnFeatures, type PersonFeatures } from "./drawn_features.ts";
import { heldPeople, trainDrawnHead } from "./heads.ts";
import { LinearProbe } from "./linear_probe.ts";
import { comparisons, HeadMethods, type Method, probed, testPerson } from "./methods.ts";

/** How large the benchmark is. */
export interface BenchmarkSize {
  readonly sources: number;
  readonly sourceClips: number;
  /** For each seed. */
  readonly targets: number;
  readonly targetClips: number;
  readonly seeds: readonly number[];
  /** Draws of the released code's random context, for its spread. */
  readonly draws: number;
}

/** The benchmark as it is reported. */
export const fullSize: BenchmarkSize = {
  sources: 77,
  sourceClips: 20,
  targets: 10,
  targetClips: 40,
  seeds: [1, 2, 3],
  draws: 10,
};

/** A way to test: a design, with as many clips of pain as of none or with one in five. */
export interface Stream {
  readonly name: string;
  readonly design: DesignName;
  readonly painClips: number;
}

/** The ways that are reported. */
export const streams: readonly Stream[] = [
  { name: "style", design: "style", painClips: Infinity },
  { name: "shift", design: "shift", painClips: Infinity },
  { name: "style, one clip in five of pain", design: "style", painClips: 4 },
  { name: "mild", design: "mild", painClips: Infinity },
];

/** What a method decided on a person's clips. */
export interface PersonResult {
  readonly seed: number;
  readonly person: number;
  readonly labels: readonly number[];
  readonly decided: readonly number[];
}

/** A row of the table before it is one. */
export interface MethodResult {
  readonly method: string;
  readonly people: readonly PersonResult[];
  /** Seconds for all of them. */
  readonly seconds: number;
}

/** What a run needs, and tells. */
export interface RunTools {
  readonly device: Device;
  readonly clip: Clip;
  readonly folder: string;
  readonly size: BenchmarkSize;
  readonly signal?: AbortSignal | undefined;
  readonly say: (text: string) => void;
}

/** The methods of the table, by name, in its order. */
function methodsOf(
  plain: HeadMethods,
  centred: HeadMethods,
  probe: LinearProbe,
  { clip, size }: RunTools,
  seed: number,
): [string, Method][] {
  const official = { ...tuningModes.official, seed };
  const draws = Array.from({ length: size.draws }, (_, draw): [string, Method] => [
    `official, context ${draw + 1} not tuned`,
    plain.tuned({ ...tuningModes.official, steps: 0, seed: 1000 * seed + draw }, 0),
  ]);
  return [
    ["always neutral", (people) => Promise.resolve(people.map(({ clips }) => clips.map(() => 0)))],
    ["linear probe", probed(probe, clip.config.embedding)],
    ["CLIP-AU", plain.plain(0)],
    ["window only", plain.tuned(comparisons.window, 0)],
    ["CLIP-AUTT official", plain.tuned(official, 0, true)],
    ...draws,
    ["CLIP-AUTT paper", plain.tuned({ ...tuningModes.paper, seed }, 0)],
    ["certainty on words", plain.tuned(comparisons.certainty, 0)],
    ["CLIP-AUTT subject", plain.tuned(tuningModes.subject, 0)],
    ["centred head, nobody enrolled", centred.plain(0)],
    ["enrolled with 1", centred.plain(1)],
    ["enrolled with 3", centred.plain(3)],
    ["enrolled with 3, window only", centred.tuned(comparisons.window, 3)],
    ["enrolled with 3, official", centred.tuned(official, 3, true)],
    ["enrolled with 3, paper", centred.tuned({ ...tuningModes.paper, seed }, 3)],
    ["enrolled with 3, certainty on words", centred.tuned(comparisons.certainty, 3)],
    ["enrolled with 3, subject", centred.tuned(tuningModes.subject, 3)],
    ["enrolled with 1, subject", centred.tuned(tuningModes.subject, 1)],
    ["oracle: best threshold of each", plain.oracle()],
  ];
}

/** Seeds that are worked on at once: where one waits for an answer of the device, the other goes on. */
const sideBySide = 2;

/** What is learnt from source people of a design. */
interface Taught {
  readonly design: DesignName;
  readonly features: readonly PersonFeatures[];
  readonly probe: LinearProbe;
}

/** Tests all methods on all streams. Where one fails the others are stopped, and nothing goes on. */
export async function runStreams(
  tools: RunTools,
  some: readonly Stream[],
): Promise<Map<Stream, MethodResult[]>> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...tools.signal ? [tools.signal] : []]);
  const stoppable = { ...tools, signal };
  const groups = Map.groupBy(some, ({ design }) => sourceDesign[design]);
  const tasks = [...groups].flatMap(([design, alike]) => {
    let taught: Promise<Taught> | undefined;
    return tools.size.seeds.map((seed) => async () =>
      await runSeed(stoppable, await (taught ??= teach(stoppable, design)), alike, seed)
    );
  });
  const found = await inParallel(tasks, sideBySide, (error) => failed.abort(error));
  return new Map(some.map((stream) => {
    const results = new Map<string, MethodResult>();
    for (const one of found.flatMap((streams) => streams.get(stream) ?? [])) {
      const { people = [], seconds = 0 } = results.get(one.method) ?? {};
      results.set(one.method, {
        ...one,
        people: [...people, ...one.people],
        seconds: seconds + one.seconds,
      });
    }
    return [stream, [...results.values()]];
  }));
}

/** Runs tasks, so many at a time; their results in the tasks' order. It ends when all have ended. */
async function inParallel<T>(
  tasks: readonly (() => Promise<T>)[],
  most: number,
  stop: (error: unknown) => void,
): Promise<T[]> {
  const results: T[] = [], left = tasks.entries();
  const work = async () => {
    for (const [i, task] of left) results[i] = await task();
  };
  const working = Array.from({ length: most }, work);
  try {
    await Promise.all(working);
  } catch (error) {
    stop(error);
    await Promise.allSettled(working);
    throw error;
  }
  return results;
}

/** Draws people or finds their features, and says how far it is. */
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

async function teach(tools: RunTools, design: DesignName): Promise<Taught> {
  const { clip, size } = tools;
  const roles = sources(design, size.sources, size.sourceClips);
  const features = await featuresOf(tools, `people to learn from (${design})`, roles);
  return { design, features, probe: fitProbe(features.slice(0, -heldPeople), clip) };
}

/** Tests all methods on streams whose models are trained on the same people. */
async function runSeed(
  tools: RunTools,
  taught: Taught,
  some: readonly Stream[],
  seed: number,
): Promise<Map<Stream, MethodResult[]>> {
  const { device, clip, size, signal, say } = tools;
  say(`training heads of seed ${seed} (${taught.design})`);
  const [plainHead, centredHead] = [
    await trainDrawnHead(device, clip, taught.features, { seed, centre: false, signal }),
    await trainDrawnHead(device, clip, taught.features, { seed, centre: true, signal }),
  ];
  using plain = await HeadMethods.open(device, clip, plainHead);
  using centred = await HeadMethods.open(device, clip, centredHead);
  const methods = methodsOf(plain, centred, taught.probe, tools, seed);
  const drawn = new Map<DesignName, PersonFeatures[]>(),
    results = new Map<Stream, MethodResult[]>();
  for (const stream of some) {
    const { name, design, painClips } = stream;
    const roles = targets(design, seed, size.targets, size.targetClips);
    const found = drawn.get(design) ??
      await featuresOf(tools, `people to test on (${design}, seed ${seed})`, roles);
    drawn.set(design, found);
    const people = found.map((person) => testPerson(person, painClips));
    const rows: MethodResult[] = [];
    for (const [method, decide] of methods) {
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
    results.set(stream, rows);
  }
  return results;
}

function fitProbe(people: readonly PersonFeatures[], { config }: Clip): LinearProbe {
  const clips = people.flat(),
    labels = people.flatMap((person) => person.map((_, i) => labelOf(i)));
  return LinearProbe.fit(clips, labels, config.embedding);
}
