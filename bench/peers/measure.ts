import process from "node:process";

/** What a run took at its best. */
export interface Cost {
  /** Processor time of all threads, in seconds: what other programs on the machine change least. */
  readonly coreSeconds: number;
  readonly wallSeconds: number;
}

/**
 * The least cost of one of the iterations that `run` makes: of at least two repetitions, and of as
 * many as fit into the time given, up to fifty.
 */
export async function measure(
  run: (iterations: number) => Promise<void>,
  seconds: number,
): Promise<Cost> {
  const first = await once(run, 1);
  // A repetition of some 0.2 s of 5: long against the clock's steps and Deno's 10 ms sleeps.
  const iterations = Math.max(1, Math.round(seconds / 25 / first.wallSeconds));
  let coreSeconds = Infinity, wallSeconds = Infinity;
  const start = performance.now();
  for (let i = 0; i < 2 || (i < 50 && performance.now() - start < seconds * 1e3); i++) {
    // The first one was a repetition as well, if one iteration is all that a repetition has.
    const cost = i === 0 && iterations === 1 ? first : await once(run, iterations);
    coreSeconds = Math.min(coreSeconds, cost.coreSeconds);
    wallSeconds = Math.min(wallSeconds, cost.wallSeconds);
  }
  return { coreSeconds, wallSeconds };
}

async function once(run: (iterations: number) => Promise<void>, iterations: number): Promise<Cost> {
  const cpu = process.cpuUsage(), wall = performance.now();
  await run(iterations);
  const { user, system } = process.cpuUsage(cpu);
  return {
    coreSeconds: (user + system) / 1e6 / iterations,
    wallSeconds: (performance.now() - wall) / 1e3 / iterations,
  };
}
