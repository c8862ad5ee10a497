import { Rng } from "../engine/mod.ts";

/** Items of the people to train on, and of the people held out. */
export interface Split<T> {
  /** To train on. */
  readonly train: readonly T[];
  /** Held out: only tested on. */
  readonly held: readonly T[];
}

/** The items, shuffled by the seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const rng = new Rng(seed), order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(0, i);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

/**
 * Holds out people, drawn by the seed, until they have the given share of the items. Nobody is on both
 * sides, and each side has at least one person.
 */
export function splitSubjects<T extends { readonly subject: string }>(
  items: readonly T[],
  share: number,
  seed: number,
): Split<T> {
  const bySubject = Map.groupBy(items, ({ subject }) => subject);
  if (bySubject.size < 2) {
    throw new TypeError(
      `Cannot hold back a person of ${bySubject.size}: wanted videos of two at least`,
    );
  }
  const people = shuffled([...bySubject.keys()].sort(), seed);
  const held = new Set<string>();
  let count = 0;
  for (const person of people.slice(1)) {
    if (held.size > 0 && count >= share * items.length) break;
    held.add(person);
    count += bySubject.get(person)?.length ?? 0;
  }
  return {
    train: items.filter(({ subject }) => !held.has(subject)),
    held: items.filter(({ subject }) => held.has(subject)),
  };
}

/**
 * Deals people, in an order by the seed, into parts of about equally many; in each split another part is
 * held out, so that everyone is held out once.
 */
export function foldSubjects<T extends { readonly subject: string }>(
  items: readonly T[],
  folds: number,
  seed: number,
): Split<T>[] {
  const people = shuffled([...new Set(items.map(({ subject }) => subject))].sort(), seed);
  if (people.length < folds) {
    throw new TypeError(
      `Cannot divide ${people.length} people into ${folds} folds: wanted a person for each at least`,
    );
  }
  const foldOf = new Map(people.map((person, i) => [person, i % folds]));
  return Array.from({ length: folds }, (_, fold) => ({
    train: items.filter(({ subject }) => foldOf.get(subject) !== fold),
    held: items.filter(({ subject }) => foldOf.get(subject) === fold),
  }));
}
