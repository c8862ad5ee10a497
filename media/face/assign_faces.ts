/**
 * Assigns faces to people one to one, so that the sum of costs is the least; a face that nobody gets costs
 * `alone`. A few faces are tried in all ways, more of them are taken in the order of their costs.
 *
 * @param costs A row for each face with its cost for each person; `Infinity` where it can't be theirs.
 * @returns For each face its person's place, or undefined.
 */
export function assignFaces(
  costs: readonly (readonly number[])[],
  alone: number,
): (number | undefined)[] {
  return costs.length <= mostInAllWays ? inAllWays(costs, alone) : byCost(costs, alone);
}

/** More faces would take too long. */
const mostInAllWays = 5;

function inAllWays(
  costs: readonly (readonly number[])[],
  alone: number,
): (number | undefined)[] {
  let best: (number | undefined)[] = costs.map(() => undefined), least = Infinity;
  const taken = new Set<number>(), chosen: (number | undefined)[] = [];
  const choose = (face: number, sum: number) => {
    if (sum >= least) return;
    const row = costs[face];
    if (!row) {
      [best, least] = [[...chosen], sum];
      return;
    }
    for (const [person, cost] of row.entries()) {
      if (cost >= alone || taken.has(person)) continue;
      taken.add(person);
      chosen[face] = person;
      choose(face + 1, sum + cost);
      taken.delete(person);
    }
    chosen[face] = undefined;
    choose(face + 1, sum + alone);
  };
  choose(0, 0);
  return best;
}

function byCost(costs: readonly (readonly number[])[], alone: number): (number | undefined)[] {
  const pairs = costs.flatMap((row, face) => row.map((cost, person) => ({ face, person, cost })))
    .filter(({ cost }) => cost < alone).sort((a, b) => a.cost - b.cost);
  const owners = costs.map((): number | undefined => undefined), taken = new Set<number>();
  for (const { face, person } of pairs) {
    if (owners[face] !== undefined || taken.has(person)) continue;
    owners[face] = person;
    taken.add(person);
  }
  return owners;
}
