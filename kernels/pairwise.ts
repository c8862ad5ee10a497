/** Values to choose from, by the names of what they are for. */
type Choices = Readonly<Record<string, readonly unknown[]>>;

/**
 * Few combinations in which any two values of different choices meet: all combinations would be too many
 * cases. Greedy: each takes the values that make most new pairs.
 */
export function pairwise<const C extends Choices>(
  choices: C,
): { [K in keyof C]: C[K][number] }[] {
  const names = Object.keys(choices);
  const key = (a: string, i: number, b: string, j: number) => `${a} ${i} ${b} ${j}`;
  const left = new Set<string>();
  for (const [at, a] of names.entries()) {
    for (const b of names.slice(at + 1)) {
      for (const i of choices[a]?.keys() ?? []) {
        for (const j of choices[b]?.keys() ?? []) left.add(key(a, i, b, j));
      }
    }
  }
  const made = (picked: ReadonlyMap<string, number>) =>
    [...picked].flatMap(([a, i], at) =>
      [...picked].slice(at + 1).map(([b, j]) => key(a, i, b, j)).filter((pair) => left.has(pair))
    );
  const rows: Record<string, unknown>[] = [];
  while (left.size > 0) {
    // Begins with a pair that is left, and puts the others beside it.
    const [a = "", i = "", b = "", j = ""] = [...left][0]?.split(" ") ?? [];
    const picked = new Map<string, number>(
      names.map((name) => [name, name === a ? Number(i) : name === b ? Number(j) : 0]),
    );
    for (const name of names) {
      if (name === a || name === b) continue;
      const gains = choices[name]?.map((_, value) => made(new Map(picked).set(name, value)).length);
      picked.set(name, gains?.indexOf(Math.max(...gains)) ?? 0);
    }
    for (const pair of made(picked)) left.delete(pair);
    rows.push(Object.fromEntries(
      [...picked].map(([name, value]) => [name, choices[name]?.[value]]),
    ));
  }
  return rows as { [K in keyof C]: C[K][number] }[];
}
