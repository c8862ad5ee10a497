import { coreSeconds as coreSecondsSoFar } from "../measure.ts";
import type { Peer, Shape } from "./peer.ts";

/** What a run took at its best. */
interface Cost {
  /** Processor time of all threads, in seconds: what other programs on the machine change least. */
  readonly coreSeconds: number;
  readonly wallSeconds: number;
}

/** How a peer fared with a shape. */
export interface Outcome extends Cost {
  readonly peer: Peer;
  readonly shape: Shape;
  /** 10^9 floating-point operations per second of one core. */
  readonly gflopPerCoreSecond: number;
  readonly maxError: number;
}

/**
 * Runs every peer on every shape. Shape by shape, so that peers meet the same weather on the
 * machine: compare the outcomes of one shape with each other. Each has so many seconds for a shape.
 */
export async function* compare(
  peers: readonly Peer[],
  shapes: readonly Shape[],
  seconds: number,
): AsyncGenerator<Outcome> {
  for (const shape of shapes) {
    for (const peer of peers) {
      // First the check: it also makes the operands and compiles, which must not be timed.
      const maxError = await peer.check(shape);
      const cost = await measure((iterations) => peer.matmul(shape, iterations), seconds);
      const gflop = 2e-9 * shape.m * shape.k * shape.n;
      const gflopPerCoreSecond = gflop / cost.coreSeconds;
      yield { peer, shape, ...cost, gflopPerCoreSecond, maxError };
    }
  }
}

/**
 * The least cost of one of the iterations that `run` makes: of at least two repetitions, and of as
 * many as fit into the time given, up to fifty.
 */
async function measure(
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
  const cores = coreSecondsSoFar(), wall = performance.now();
  await run(iterations);
  return {
    coreSeconds: (coreSecondsSoFar() - cores) / iterations,
    wallSeconds: (performance.now() - wall) / 1e3 / iterations,
  };
}
