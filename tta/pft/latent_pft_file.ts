import { FormatError } from "../../io/files/format_error.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { ClassifierWeights } from "./frozen_classifier.ts";
import type { LatentPft, Standard } from "./latent_pft.ts";
import type { TranslatorWeights } from "./translator.ts";

/** The key of the metadata, and its version. */
const format = "autt.latent_pft", version = 1;

/** What is stored, with its shape: D features, I of the bottleneck, H hidden, C classes, N probes. */
const shapes = {
  "standard.mean": "D",
  "standard.deviation": "D",
  "classifier.bottleneckWeight": "I D",
  "classifier.bottleneckBias": "I",
  "classifier.normWeight": "I",
  "classifier.normBias": "I",
  "classifier.runningMean": "I",
  "classifier.runningVariance": "I",
  "classifier.classBias": "C",
  "classifier.classLengths": "C",
  "classifier.classDirections": "C I",
  "translator.firstWeight": "H D",
  "translator.firstBias": "H",
  "translator.secondWeight": "D H",
  "translator.secondBias": "D",
} as const;

const probeShapes = { "probes.features": "N D", "probes.labels": "N" } as const;

type Information = Pick<LatentPft, "classes" | "clip" | "scale">;

/** Encodes a latent PFT as a safetensors file, in float32. Refuses numbers that are not finite. */
export function encodeLatentPft(pft: LatentPft): Uint8Array<ArrayBuffer> {
  const { classes, clip, scale, standard, classifier, translator, probes } = pft;
  const parts = new Map<string, object>(Object.entries({ standard, classifier, translator }));
  if (probes) parts.set("probes", probes);
  const sizes = {
    D: standard.mean.length,
    I: classifier.normBias.length,
    H: translator.firstBias.length,
    C: classes.length,
    N: probes?.labels.length ?? 0,
  };
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, letters] of Object.entries({ ...shapes, ...probes ? probeShapes : {} })) {
    const [part = "", field = ""] = name.split(".");
    const data = Float32Array.from(
      Object.entries(parts.get(part) ?? {}).find(([key]) => key === field)?.[1] ?? [],
    );
    if (!data.every(Number.isFinite)) {
      throw new RangeError(`Cannot save a latent PFT: its ${name} is not finite`);
    }
    const shape = letters.split(" ").map((letter) => sizes[letter as keyof typeof sizes]);
    tensors[name] = { dtype: "F32", shape, data };
  }
  const info: Information = { classes, clip, scale };
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, ...info }) });
}

/** Identifies all of its numbers. */
export function fingerprintOf(pft: LatentPft): Promise<string> {
  return sha256([encodeLatentPft(pft)]);
}

/** Writes a latent PFT atomically; one that is adapted to a person is readable by the user only. */
export async function saveLatentPft(path: string, pft: LatentPft): Promise<void> {
  await writeAtomically(path, encodeLatentPft(pft), pft.probes ? {} : privateFile);
}

/**
 * Reads a latent PFT.
 *
 * @param classes Refuses one that tells others apart.
 */
export async function loadLatentPft(path: string, classes?: readonly string[]): Promise<LatentPft> {
  using file = await openTensors(path);
  const refuse = (why: string) => new FormatError(`Cannot read the translator "${path}": ${why}`);
  const info = readMetadata<Information>(file, { format, version }, refuse);
  if (!info) throw refuse("it is none: make one with `./autt train LABELS --translator FILE`");
  const names = info.classes, { clip, scale = NaN } = info;
  if (!Array.isArray(names) || names.length < 2 || typeof clip?.fingerprint !== "string") {
    throw refuse("its metadata lacks the classes or the CLIP");
  }
  if (!(scale >= 0 && scale <= 1)) throw refuse(`its scale is ${scale}: wanted 0 to 1`);
  if (classes && classes.join("\n") !== names.join("\n")) {
    throw refuse(`it tells ${names.join(" and ")} apart: wanted ${classes.join(" and ")}`);
  }
  const hasProbes = file.tensors.has("probes.labels");
  const read = await readAll(file, { ...shapes, ...hasProbes ? probeShapes : {} }, refuse);
  const part = <T>(name: string) =>
    Object.fromEntries(
      [...read].filter(([key]) => key.startsWith(`${name}.`))
        .map(([key, numbers]) => [key.slice(name.length + 1), numbers]),
    ) as T;
  return {
    ...{ classes: names, clip, scale },
    standard: part<Standard>("standard"),
    classifier: part<ClassifierWeights>("classifier"),
    translator: part<TranslatorWeights>("translator"),
    ...hasProbes && { probes: part<NonNullable<LatentPft["probes"]>>("probes") },
  };
}

async function readAll(
  file: TensorFile,
  wanted: Readonly<Record<string, string>>,
  refuse: (why: string) => Error,
): Promise<Map<string, Float64Array<ArrayBuffer>>> {
  const sizes = new Map<string, number>(), all = new Map<string, Float64Array<ArrayBuffer>>();
  for (const [name, letters] of Object.entries(wanted)) {
    const stored = file.tensors.get(name);
    if (!stored) throw refuse(`it lacks ${name}`);
    const axes = letters.split(" ");
    const fits = axes.length === stored.shape.length && axes.every((letter, axis) => {
      const size = stored.shape[axis] as number;
      if (!sizes.has(letter)) sizes.set(letter, size);
      return size > 0 && sizes.get(letter) === size;
    });
    if (!fits) throw refuse(`${name} is [${stored.shape}], which does not fit the others`);
    const numbers = toFloat32(stored.dtype, await file.read(name));
    if (!numbers.every(Number.isFinite)) throw refuse(`its ${name} is not all finite`);
    all.set(name, Float64Array.from(numbers));
  }
  return all;
}

/** Throws if a latent PFT was learnt from the features of another CLIP. */
export async function checkLatentPft({ clip: wanted }: LatentPft, clip: Clip): Promise<void> {
  const got = await clip.fingerprint();
  if (got === wanted.fingerprint) return;
  throw new TypeError(
    `Cannot use this translator: it was learnt with ${wanted.name} ` +
      `(${wanted.fingerprint.slice(0, 12)}): got a CLIP with other weights (${got.slice(0, 12)})`,
  );
}
