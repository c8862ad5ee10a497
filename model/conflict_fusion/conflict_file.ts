import { readMetadata } from "../../io/tensors/read_metadata.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { ClipName } from "../clip/clip.ts";
import { isPreparation, type Preparation } from "../clip_au/preparation.ts";
import { type ConflictParameters, readConflictNumbers } from "./parameters.ts";
import {
  conflictForms,
  conflictShapes,
  type ConflictSizes,
  modalities,
  plainForms,
} from "./sizes.ts";
import type { VoiceScale } from "./voice_scale.ts";

/** A trained fusion of face, words and voice, and what it takes to use it. */
export interface ConflictHead {
  readonly parameters: ConflictParameters;
  /** The names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** The CLIP that embedded faces and words. */
  readonly clip: ClipName;
  /** How the pictures that it learned from were prepared, where that is known. */
  readonly preparations?: readonly Preparation[] | undefined;
  /** What voices are measured against; undefined where it takes none. */
  readonly voice?: VoiceScale | undefined;
  /** How much the words alone count, chosen on people who were not trained on. */
  readonly wordsShare: number;
  /** How many people and clips it was trained on. */
  readonly trainedOn: { readonly people: number; readonly clips: number };
}

/** The key of our own metadata, and its version. */
const format = "autt.conflict", version = 1;

type Info = Omit<ConflictHead, "parameters"> & { readonly sizes: ConflictSizes };

/** Encodes a head as safetensors. */
export function encodeConflictHead(
  { parameters: { sizes, numbers }, ...info }: ConflictHead,
): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, shape] of conflictShapes(sizes)) {
    const data = numbers.get(name) as Float32Array<ArrayBuffer>;
    tensors[name] = { dtype: "F32", shape, data };
  }
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, sizes, ...info }) });
}

/** Whether a file holds such a head. */
export const holdsConflictHead = (file: TensorFile): boolean => file.metadata.has(format);

/** Reads a head from an open file. */
export async function readConflictHead(file: TensorFile): Promise<ConflictHead> {
  const refuse = (why: string) =>
    new TypeError(`Cannot load the fusion of face, words and voice "${file.name}": ${why}`);
  const info = readMetadata<Info>(file, { format, version }, refuse);
  if (!info) throw refuse("it is not one: train one with `./autt train --task ambivalence`");
  const { sizes, classes, clip, preparations, wordsShare, trainedOn, voice } = info;
  if (!sizes || !areSizes(sizes)) throw refuse("its metadata has no sizes that fit together");
  const texts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((item) => typeof item === "string");
  if (!texts(classes) || classes.length !== sizes.classes) {
    throw refuse(`wanted the names of ${sizes.classes} classes in its metadata`);
  }
  if (!clip || !texts([clip.name, clip.fingerprint])) throw refuse("its metadata lacks the CLIP");
  if (preparations && !(Array.isArray(preparations) && preparations.every(isPreparation))) {
    throw refuse("its metadata does not say how pictures were prepared");
  }
  if (typeof wordsShare !== "number" || !(wordsShare >= 0 && wordsShare <= 1)) {
    throw refuse(`the share of the words must be from 0 to 1: got ${wordsShare}`);
  }
  const audio = sizes.modalities.find(({ name }) => name === "audio");
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === audio?.width && list.every(Number.isFinite);
  if (audio && !(voice && numbers(voice.mean) && numbers(voice.deviation))) {
    throw refuse(`wanted the mean and the deviation of ${audio.width} numbers about the voice`);
  }
  return {
    parameters: { sizes, numbers: await readConflictNumbers(file, sizes) },
    ...{ classes, clip, wordsShare },
    ...preparations && { preparations },
    ...voice && { voice },
    trainedOn: trainedOn ?? { people: 0, clips: 0 },
  };
}

function areSizes(
  { form, modalities: used, width, hidden, layers, heads, classes }: ConflictSizes,
) {
  const whole = (n: unknown) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 65536;
  return [...conflictForms, ...plainForms].includes(form) &&
    [width, hidden, layers, heads, classes].every(whole) && Number.isInteger(width / heads) &&
    Array.isArray(used) && used.length > 0 &&
    used.every((one) => modalities.includes(one.name) && whole(one.width)) &&
    new Set(used.map(({ name }) => name)).size === used.length;
}
