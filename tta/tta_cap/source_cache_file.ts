import { formatShape } from "../../engine/mod.ts";
import { FormatError } from "../../io/files/format_error.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { type StoredType, toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { ClipName } from "../../model/clip/clip.ts";
import type { SourceCache, SourceCaches, SourceSubject } from "./source_cache.ts";
import { type SourceSettings, sourceVersions } from "./source_settings.ts";
import { dot } from "../../numbers/vectors.ts";

/** What TTA-CaP keeps about the people of a training set: features of some of their frames. */
export interface SourcePeople {
  /** The CLIP that computed the features. */
  readonly clip: ClipName;
  /** The classes, in the order of prototypes. */
  readonly classes: readonly string[];
  readonly caches: SourceCaches;
}

/** The key of the metadata, and its version. */
const format = "autt.sources", version = 1;

const again = "make one anew with `./autt train LABELS --sources FILE`";

interface Information extends Omit<SourcePeople, "caches"> {
  readonly settings: Readonly<Record<keyof SourceCaches, SourceSettings>>;
}

const versions = Object.keys(sourceVersions) as (keyof SourceCaches)[];

/**
 * Encodes source people as a safetensors file, without their names. Both versions choose from the same
 * frames, and rows that they share are stored once.
 */
export function encodeSourcePeople(
  { clip, classes, caches }: SourcePeople,
): Uint8Array<ArrayBuffer> {
  const rows: number[][] = [], places = new Map<string, number>();
  const placeOf = (row: ArrayLike<number>) => {
    const numbers = Array.from(row), key = numbers.join();
    const place = places.get(key) ?? rows.push(numbers) - 1;
    places.set(key, place);
    return place;
  };
  const tensors: Record<string, TensorToWrite> = {};
  for (const name of versions) {
    const people = [...caches[name].subjects.values()];
    const whole = (numbers: number[], ...shape: number[]): TensorToWrite => ({
      dtype: "U32",
      shape,
      data: Uint32Array.from(numbers),
    });
    const chosen = people.flatMap(({ prototypes }) => prototypes.flat().map(placeOf));
    const counts = people.flatMap(({ prototypes }) => prototypes.map(({ length }) => length));
    tensors[`${name}.places`] = whole(chosen, chosen.length);
    tensors[`${name}.counts`] = whole(counts, people.length, classes.length);
    for (const part of ["mean", "variance"] as const) {
      tensors[`${name}.${part}`] = matrix(people.map(({ statistics }) => [...statistics[part]]));
    }
  }
  tensors.rows = matrix(rows);
  const info: Information = { clip, classes, settings: sourceVersions };
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, ...info }) });
}

function matrix(rows: readonly (readonly number[])[]): TensorToWrite {
  const shape = [rows.length, rows[0]?.length ?? 0];
  return { dtype: "F32", shape, data: Float32Array.from(rows.flat()) };
}

/** Writes source people atomically. */
export async function saveSourcePeople(path: string, people: SourcePeople): Promise<void> {
  await writeAtomically(path, encodeSourcePeople(people));
}

/** Reads source people. */
export async function loadSourcePeople(path: string): Promise<SourcePeople> {
  const refuse = (why: string) =>
    new FormatError(`Cannot read the source people "${path}": ${why}: ${again}`);
  let file: TensorFile;
  try {
    file = await openTensors(path);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${error.message}: ${again}`);
    throw error;
  }
  using opened = file;
  const info = readMetadata<Information>(opened, { format, version }, refuse);
  if (!info) throw refuse("it holds none");
  const { clip, classes, settings } = info;
  const texts = (list: unknown[]) => list.every((item) => typeof item === "string" && item !== "");
  if (!Array.isArray(classes) || classes.length < 2 || !texts(classes) || !isNamed(clip)) {
    throw refuse("its metadata lacks the classes or the CLIP");
  }
  for (const name of versions) {
    if (JSON.stringify(settings?.[name]) !== JSON.stringify(sourceVersions[name])) {
      throw refuse(`it was made with other settings of ${name} than this version has`);
    }
  }
  const { numbers, shape: [count = 0, width = 0] } = await read(opened, "rows", refuse);
  if (count === 0 || width === 0) throw refuse(`rows must be some: got [${count}, ${width}]`);
  const rows = rowsOf(numbers, count, width);
  // Prototypes are normalised.
  if (!rows.every((row) => Math.abs(dot(row, row) - 1) < 1e-3)) {
    throw refuse("its rows are not all at unit length");
  }
  const readCache = async (name: keyof SourceCaches): Promise<SourceCache> => {
    const people = await readPeople(opened, name, rows, classes.length, refuse);
    return { settings: sourceVersions[name], subjects: people };
  };
  const caches = { v1: await readCache("v1"), v2: await readCache("v2") };
  return { clip, classes, caches };
}

/** The people of a version, named by their numbers. */
async function readPeople(
  file: TensorFile,
  name: string,
  rows: readonly Float32Array[],
  classes: number,
  refuse: (why: string) => Error,
): Promise<Map<string, SourceSubject>> {
  const width = rows[0]?.length ?? 0;
  const counts = await read(file, `${name}.counts`, refuse, "U32");
  const [people = 0, wide] = counts.shape;
  if (people === 0 || wide !== classes) {
    throw refuse(`${name}.counts must be [people, ${classes}]: got ${formatShape(counts.shape)}`);
  }
  const places = await read(file, `${name}.places`, refuse, "U32");
  const total = counts.numbers.reduce((sum, count) => sum + count, 0);
  if (places.numbers.length !== total || !places.numbers.every((place) => place < rows.length)) {
    throw refuse(`${name}.places must be ${total} places of ${rows.length} rows`);
  }
  const statistics = async (part: string) => {
    const { numbers, shape } = await read(file, `${name}.${part}`, refuse);
    if (shape.join() === `${people},${width}`) return rowsOf(numbers, people, width);
    throw refuse(`${name}.${part} must be [${people}, ${width}]: got ${formatShape(shape)}`);
  };
  const means = await statistics("mean"), variances = await statistics("variance");
  if (!variances.every((row) => row.every((x) => x >= 0))) {
    throw refuse(`${name}.variance has numbers below 0`);
  }
  let at = 0;
  return new Map(means.map((mean, person): [string, SourceSubject] => {
    const prototypes = Array.from({ length: classes }, (_, label) => {
      const count = counts.numbers[person * classes + label] ?? 0;
      return [...places.numbers.subarray(at, at += count)].map((place) => rows[place] ?? mean);
    });
    const variance = Float64Array.from(variances[person] ?? []);
    const own = { mean: Float64Array.from(mean), variance };
    return [`${person + 1}`, { prototypes, statistics: own, searches: [] }];
  }));
}

async function read(
  file: TensorFile,
  name: string,
  refuse: (why: string) => Error,
  dtype: StoredType = "F32",
): Promise<{ readonly numbers: Float32Array; readonly shape: readonly number[] }> {
  const stored = file.tensors.get(name), axes = name.endsWith(".places") ? 1 : 2;
  if (stored?.dtype !== dtype || stored.shape.length !== axes) {
    const got = stored ? `${stored.dtype} ${formatShape(stored.shape)}` : "nothing";
    throw refuse(`${name} must be ${dtype} of ${axes} axes: got ${got}`);
  }
  const numbers = toFloat32(dtype, await file.read(name));
  if (!numbers.every(Number.isFinite)) throw refuse(`${name} has numbers that are not finite`);
  return { numbers, shape: stored.shape };
}

function rowsOf(numbers: Float32Array, count: number, width: number): Float32Array[] {
  return Array.from(
    { length: count },
    (_, row) => numbers.subarray(row * width, (row + 1) * width),
  );
}

function isNamed(clip: unknown): clip is ClipName {
  const { name, fingerprint } = (clip ?? {}) as Partial<ClipName>;
  return typeof name === "string" && typeof fingerprint === "string";
}

/** Throws unless source people belong to the CLIP and the classes in use. */
export function checkSourcePeople(
  path: string,
  { clip, classes }: SourcePeople,
  wanted: Pick<SourcePeople, "clip" | "classes">,
): void {
  if (clip.fingerprint !== wanted.clip.fingerprint) {
    throw new TypeError(
      `Cannot use the source people "${path}" with this ${wanted.clip.name}: their features are of ` +
        `${clip.name} (${clip.fingerprint.slice(0, 12)}): got one with other weights ` +
        `(${wanted.clip.fingerprint.slice(0, 12)}): ${again}`,
    );
  }
  if (classes.join("\n") !== wanted.classes.join("\n")) {
    throw new TypeError(
      `Cannot use the source people "${path}" to decide between ${wanted.classes.join(" and ")}: ` +
        `they show ${classes.join(" and ")}: name the classes so, or ${again}`,
    );
  }
}
