import { type DesignName, sourceDesign } from "../../demo/people/design.ts";

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

/** What is worked on by itself: streams whose heads are trained on the same people, for a seed. */
export interface SeedTask {
  /** The design of those people. */
  readonly taught: DesignName;
  readonly streams: readonly Stream[];
  readonly seed: number;
}

/** How tasks are done. */
export interface StreamTools {
  readonly seeds: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** Called before a task, for one at a time. */
  readonly prepare: (task: SeedTask, signal: AbortSignal) => Promise<void>;
  /** Gives the results by stream, in their order. */
  readonly run: (task: SeedTask, signal: AbortSignal) => Promise<MethodResult[][]>;
}

/** Tasks that are worked on at once: where one waits for an answer of its device, the other goes on. */
const sideBySide = 2;

/** Tests all methods on all streams. Where one fails the others are stopped, and nothing goes on. */
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
