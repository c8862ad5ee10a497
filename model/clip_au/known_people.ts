import { sha256 } from "../../io/files/sha256.ts";

/** People without their names: whoever has a name can ask whether it is among them. */
export interface KnownPeople {
  /** Makes the same name another hash in each head. */
  readonly salt: string;
  /** Of each name, 16 hexadecimal digits, sorted. */
  readonly hashes: readonly string[];
}

/** Digits of a hash that are kept: of a million names, two are taken for each other once in 37 million. */
const digits = 16;

const hashOf = async (name: string, salt: string) =>
  (await sha256([salt, "\n", name])).slice(0, digits);

/** Names as salted hashes. */
export async function hashPeople(names: readonly string[], salt: string): Promise<KnownPeople> {
  const hashes = await Promise.all([...new Set(names)].map((name) => hashOf(name, salt)));
  return { salt, hashes: hashes.sort() };
}

/** Those of some names that are among people. */
export async function knownAmong(
  { salt, hashes }: KnownPeople,
  names: readonly string[],
): Promise<string[]> {
  const known = new Set(hashes);
  const asked = await Promise.all([...new Set(names)].map(async (name) => ({
    name,
    there: known.has(await hashOf(name, salt)),
  })));
  return asked.filter(({ there }) => there).map(({ name }) => name).sort();
}

/** Whether something read from a file is people. */
export function isKnownPeople(x: unknown): x is KnownPeople {
  const { salt, hashes } = (x ?? {}) as Partial<KnownPeople>;
  return typeof salt === "string" && Array.isArray(hashes) &&
    hashes.every((hash) => typeof hash === "string");
}
