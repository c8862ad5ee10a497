import { type Cost, measure } from "./measure.ts";
import type { Shape } from "./operands.ts";
import type { Peer } from "./peer.ts";

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
