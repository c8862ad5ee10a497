import { FormatError } from "../../io/files/format_error.ts";
import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import { layoutsOf, type Parameter, readParameters } from "../../model/dsfda/parameters.ts";
import { type Dsfda, sizesOf } from "./dsfda.ts";
import type { Faces } from "./faces.ts";
import { type View, views } from "./view.ts";

/** The key of the metadata, and its version. */
const format = "autt.dsfda", version = 1;

interface Information {
  readonly classes: readonly string[];
  readonly view?: View;
  /** The prototypes' classes. */
  readonly labels?: readonly number[];
}

/** Writes a DSFDA atomically; a person's own is readable by the user only. */
export async function saveDsfda(path: string, dsfda: Dsfda): Promise<void> {
  await writeAtomically(path, encodeDsfda(dsfda), dsfda.prototypes ? {} : privateFile);
}

/** Encodes a DSFDA as a safetensors file. Refuses numbers that are not finite. */
export function encodeDsfda(
  { classes, parameters, view, prototypes }: Dsfda,
): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, { shape, numbers: data }] of parameters) {
    if (!data.every(Number.isFinite)) {
      throw new RangeError(`Cannot save DSFDA: its ${name} is not finite`);
    }
    tensors[name] = { dtype: "F32", shape, data };
  }
  if (prototypes) {
    const { side, pixels: data, labels } = prototypes;
    tensors.prototypes = { dtype: "U8", shape: [labels.length, side, side, 3], data };
  }
  const info: Information = {
    classes,
    ...view && { view },
    ...prototypes && { labels: prototypes.labels },
  };
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, ...info }) });
}

/**
 * Reads a DSFDA, ours or the authors' checkpoint: of the generator, whose names may begin with `Gen.`.
 *
 * @param classes What the authors' does not tell; refuses ours if it tells others apart.
 */
export async function loadDsfda(path: string, classes?: readonly string[]): Promise<Dsfda> {
  using file = await openTensors(path);
  const refuse = (why: string) => new FormatError(`Cannot read DSFDA from "${path}": ${why}`);
  const info = readMetadata<Information>(file, { format, version }, refuse);
  const parameters = await readNetworks(file, refuse);
  const { side } = sizesOf(parameters);
  const told = parameters.get("Gen.fc_ER.fc3.bias")?.shape[0] ?? 0;
  const names = info ? info.classes : classes ?? [...Array(told).keys()].map((n) => `class ${n}`);
  if (!Array.isArray(names) || names.length !== told) {
    throw refuse(
      `it tells ${told} classes apart: wanted names of as many, got ${names?.length ?? 0}`,
    );
  }
  if (classes && classes.join("\n") !== names.join("\n")) {
    throw refuse(`it tells ${names.join(" and ")} apart: wanted ${classes.join(" and ")}`);
  }
  const view = info?.view;
  if (view !== undefined && !views.includes(view)) {
    throw refuse(`it sees faces in a view "${view}": wanted ${views.join(" or ")}`);
  }
  const prototypes = await readPrototypes(file, info?.labels, { side, classes: told }, refuse);
  return { classes: names, parameters, ...view && { view }, ...prototypes && { prototypes } };
}

async function readNetworks(
  file: TensorFile,
  refuse: (why: string) => Error,
): Promise<Map<string, Parameter>> {
  const has = (prefix: string) => [...file.tensors.keys()].some((name) => name.startsWith(prefix));
  const generator = has("Gen.") ? "Gen." : "";
  if (!has(`${generator}enc_ER.`) || !has(`${generator}fc_ER.`)) {
    throw refuse("it has no expression encoder with a classifier, enc_ER and fc_ER");
  }
  const parameters = new Map<string, Parameter>();
  for (const part of ["enc_ER.", "fc_ER.", "enc_FR.", "dec."]) {
    if (!has(generator + part)) continue;
    const read = await readParameters(file, generator + part, `Gen.${part}`);
    for (const [name, parameter] of read) parameters.set(name, parameter);
  }
  if (has("Dis_ER.")) {
    for (const [name, one] of await readParameters(file, "Dis_ER.")) parameters.set(name, one);
  }
  for (const [name, { numbers }] of parameters) {
    if (!numbers.every(Number.isFinite)) throw refuse(`its ${name} is not all finite`);
  }
  layoutsOf(parameters); // throws if they do not belong together
  return parameters;
}

async function readPrototypes(
  file: TensorFile,
  labels: readonly number[] | undefined,
  { side, classes }: { readonly side: number; readonly classes: number },
  refuse: (why: string) => Error,
): Promise<Faces | undefined> {
  const stored = file.tensors.get("prototypes");
  if (!stored) return undefined;
  const valid = Array.isArray(labels) && labels.length > 0 &&
    labels.every((label) => Number.isInteger(label) && label >= 0 && label < classes);
  const shape = [labels?.length ?? 0, side, side, 3];
  if (!valid || stored.dtype !== "U8" || stored.shape.join() !== shape.join()) {
    throw refuse(`its prototypes [${stored.shape}] do not fit their labels or its pictures`);
  }
  const pixels = new Uint8Array(await file.read("prototypes"));
  return { side, pixels, labels, people: labels.map(() => 0) };
}
