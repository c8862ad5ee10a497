import { type DesignName, sourceDesign } from "../../demo/people/design.ts";

/** A way to test: a design, with pain in half of the clips or in one of five. */
export interface Stream {
  readonly name: string;
  readonly design: DesignName;
  readonly painClips: number;
  /** The share of clips of pain, if some of a person's clips are taken, in an order by the seed. */
  readonly mix?: number;
  /** The methods to run, by name; all by default. */
  readonly only?: readonly string[];
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
  /** For all people together. */
  readonly seconds: number;
}

/** An independent task: the streams, for one seed, whose heads are trained on the same people. */
export interface SeedTask {
  /** The design of those people. */
  readonly taught: DesignName;
  readonly streams: readonly Stream[];
  readonly seed: number;
}

/** How to run tasks. */
export interface StreamTools {
  readonly seeds: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** Called before each task, one call at a time. */
  readonly prepare: (task: SeedTask, signal: AbortSignal) => Promise<void>;
  /** Gives the results by stream, in their order. */
  readonly run: (task: SeedTask, signal: AbortSignal) => Promise<MethodResult[][]>;
}

/** Tasks that run at once: while one waits for its device, the other works. */
const sideBySide = 2;

/** Tests all methods on all streams. If one task fails, all are stopped. */
export async function runStreams(
  { seeds, signal: outer, prepare, run }: StreamTools,
  some: readonly Stream[],
): Promise<Map<Stream, MethodResult[]>> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...outer ? [outer] : []]);
  const groups = Map.groupBy(some, ({ design }) => sourceDesign[design]);
  const tasks = [...groups].flatMap(([taught, alike]) =>
    seeds.map((seed): SeedTask => ({ taught, streams: alike, seed }))
  );
  const found = new Map<Stream, MethodResult[][]>(some.map((stream) => [stream, []]));
  let prepared = Promise.resolve();
  const left = tasks.entries();
  const work = async () => {
    for (const [i, task] of left) {
      await (prepared = prepared.then(() => prepare(task, signal)));
      const results = await run(task, signal);
      for (const [s, stream] of task.streams.entries()) {
        (found.get(stream) as MethodResult[][])[i] = results[s] ?? [];
      }
    }
  };
  const working = Array.from({ length: sideBySide }, work);
  try {
    await Promise.all(working);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(working);
    throw error;
  }
  return new Map([...found].map(([stream, bySeed]) => [stream, joined(bySeed.flat())]));
}

/** Methods' results of all seeds, in the seeds' order. */
function joined(all: readonly MethodResult[]): MethodResult[] {
  return [...Map.groupBy(all, ({ method }) => method)].map(([method, same]) => ({
    method,
    people: same.flatMap(({ people }) => people),
    seconds: same.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}
