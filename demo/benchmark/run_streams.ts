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

/** Tests all methods on streams whose models are trained on the same people. */
export async function runStreams(
  tools: RunTools,
  some: readonly Stream[],
): Promise<Map<Stream, MethodResult[]>> {
  const { device, clip, folder, size, signal, say } = tools;
  const [first] = some;
  if (!first) return new Map();
  const features = (what: string, roles: readonly Role[]) =>
    drawnFeatures(clip, roles, folder, {
      signal,
      onPerson: (done) => say(`${done} of ${roles.length} ${what} drawn`),
    });
  const taught = sourceDesign[first.design];
  const learnt = await features(
    `people to learn from (${taught})`,
    sources(taught, size.sources, size.sourceClips),
  );
  const probe = fitProbe(learnt.slice(0, -heldPeople), clip.config.embedding);
  const results = new Map<Stream, Map<string, { people: PersonResult[]; seconds: number }>>(
    some.map((stream) => [stream, new Map()]),
  );
  for (const seed of size.seeds) {
    say(`training heads of seed ${seed} (${taught})`);
    const [plainHead, centredHead] = [
      await trainDrawnHead(device, clip, learnt, { seed, centre: false, signal }),
      await trainDrawnHead(device, clip, learnt, { seed, centre: true, signal }),
    ];
    using plain = await HeadMethods.open(device, clip, plainHead);
    using centred = await HeadMethods.open(device, clip, centredHead);
    const drawn = new Map<DesignName, PersonFeatures[]>();
    for (const [{ name: stream, design, painClips }, rows] of results) {
      const roles = targets(design, seed, size.targets, size.targetClips);
      const found = drawn.get(design) ??
        await features(`people to test on (${design}, seed ${seed})`, roles);
      drawn.set(design, found);
      const people = found.map((person) => testPerson(person, painClips));
      for (const [name, method] of methodsOf(plain, centred, probe, tools, seed)) {
        signal?.throwIfAborted();
        say(`${stream}: seed ${seed}, ${name}`);
        const begin = performance.now();
        const decided = await method(people);
        const row = rows.get(name) ?? { people: [], seconds: 0 };
        rows.set(name, row);
        row.seconds += (performance.now() - begin) / 1000;
        row.people.push(...people.map(({ clips }, person) => ({
          seed,
          person,
          labels: clips.map(({ label }) => label),
          decided: decided[person] ?? [],
        })));
      }
    }
  }
  return new Map(
    [...results].map(([stream, rows]) => [
      stream,
      [...rows].map(([method, row]) => ({ method, ...row })),
    ]),
  );
}

function fitProbe(people: readonly PersonFeatures[], width: number): LinearProbe {
  const clips = people.flat(),
    labels = people.flatMap((person) => person.map((_, i) => labelOf(i)));
  return LinearProbe.fit(clips, labels, width);
}
