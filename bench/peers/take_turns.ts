/** What a step took. */
export interface Times {
  /** Seconds by the clock. */
  readonly wall: number;
  /** Seconds of processor time over all threads. */
  readonly core: number;
}

/**
 * Lets contenders take turns for so many rounds after one that warms up.
 *
 * @returns For each what it gave first, and what it gave last with the least times of all rounds.
 */
export async function takeTurns<T extends Times>(
  contenders: readonly (() => Promise<T>)[],
  rounds: number,
): Promise<{ readonly first: T; readonly best: T }[]> {
  const results: { readonly first: T; readonly best: T }[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, run] of contenders.entries()) {
      const took = await run(), { first, best } = results[i] ?? { first: took, best: took };
      const times = round < 2 ? took : {
        wall: Math.min(took.wall, best.wall),
        core: Math.min(took.core, best.core),
      };
      results[i] = { first, best: { ...took, wall: times.wall, core: times.core } };
    }
  }
  return results;
}
