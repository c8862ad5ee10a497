import { readMetadata } from "../../io/tensors/read_metadata.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import { checkHeadMetadata, type HeadMetadata, isSize } from "../head_metadata.ts";
import { readRestTensors, type RestingFaces, restTensors } from "../clip_au/rest_tensors.ts";
import { numbersToWrite, readNumbers } from "../named_numbers.ts";
import type { ConflictParameters } from "./parameters.ts";
import {
  conflictForms,
  conflictShapes,
  type ConflictSizes,
  modalities,
  plainForms,
} from "./sizes.ts";
import type { VoiceScale } from "./voice_scale.ts";

/**
 * A trained fusion of face, words and voice, and what it takes to use it. With `neutral`, it takes faces
 * relative to the person's resting face.
 */
export interface ConflictHead extends HeadMetadata, RestingFaces {
  readonly parameters: ConflictParameters;
  /** What voices are measured against; undefined where it takes none. */
  readonly voice?: VoiceScale | undefined;
  /** How much the words alone count, chosen on people who were not trained on. */
  readonly wordsShare: number;
  /** How many people and clips it was trained on. */
  readonly trainedOn: { readonly people: number; readonly clips: number };
}

/** The key of our own metadata, and its version. */
const format = "autt.conflict", version = 1;

type Info = Omit<ConflictHead, "parameters" | keyof RestingFaces> & {
  readonly sizes: ConflictSizes;
};

/** Encodes a head as safetensors. */
export function encodeConflictHead(
  { parameters: { sizes, numbers }, neutral, rest, ...info }: ConflictHead,
): Uint8Array<ArrayBuffer> {
  const tensors = {
    ...numbersToWrite(conflictShapes(sizes), numbers),
    ...restTensors({ neutral, rest }),
  };
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
  const { sizes, wordsShare, trainedOn, voice } = info;
  if (!sizes || !areSizes(sizes)) throw refuse("its metadata has no sizes that fit together");
  checkHeadMetadata(info, sizes.classes, refuse);
  const { classes, clip, preparations } = info;
  if (typeof wordsShare !== "number" || !(wordsShare >= 0 && wordsShare <= 1)) {
    throw refuse(`the share of the words must be from 0 to 1: got ${wordsShare}`);
  }
  const audio = sizes.modalities.find(({ name }) => name === "audio");
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === audio?.width && list.every(Number.isFinite);
  if (audio && !(voice && numbers(voice.mean) && numbers(voice.deviation))) {
    throw refuse(`wanted the mean and the deviation of ${audio.width} numbers about the voice`);
  }
  const face = sizes.modalities.find(({ name }) => name === "video");
  return {
    ...face && await readRestTensors(file, face.width, refuse),
    parameters: { sizes, numbers: await readNumbers(file, conflictShapes(sizes)) },
    ...{ classes, clip, wordsShare },
    ...preparations && { preparations },
    ...voice && { voice },
    trainedOn: trainedOn ?? { people: 0, clips: 0 },
  };
}

function areSizes(
  { form, modalities: used, width, hidden, layers, heads, classes }: ConflictSizes,
) {
  return [...conflictForms, ...plainForms].includes(form) &&
    [width, hidden, layers, heads, classes].every(isSize) && Number.isInteger(width / heads) &&
    Array.isArray(used) && used.length > 0 &&
    used.every((one) => modalities.includes(one.name) && isSize(one.width)) &&
    new Set(used.map(({ name }) => name)).size === used.length;
}
