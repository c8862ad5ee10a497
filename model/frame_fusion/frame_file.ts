import { readMetadata } from "../../io/tensors/read_metadata.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import { checkHeadMetadata, type HeadMetadata, isSize } from "../head_metadata.ts";
import { numbersToWrite, readNumbers } from "../named_numbers.ts";
import type { FrameParameters } from "./parameters.ts";
import { type FrameForm, frameForms, frameShapes, type FrameSizes } from "./sizes.ts";

/** The mean and the deviation of each number of a frame. */
export interface Scale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** A trained LFAN or CAN on features of this project, and what it takes to use it. */
export interface FrameHead extends HeadMetadata {
  readonly parameters: FrameParameters;
  /** What the frames of modalities are measured against, by their names; others are taken as they are. */
  readonly scales: Readonly<Record<string, Scale>>;
  /** Frames that LFAN looks at together, and from one window to the next; CAN looks at whole clips. */
  readonly window: number;
  readonly hop: number;
  /** How many people and clips it was trained on. */
  readonly trainedOn: { readonly people: number; readonly clips: number };
}

/** The key of our own metadata, and its version. */
const format = "autt.frame_fusion", version = 1;

type Info = Omit<FrameHead, "parameters"> & { readonly sizes: FrameSizes };

/** Encodes a head as safetensors, its tensors by the authors' names. */
export function encodeFrameHead(
  { parameters: { sizes, numbers }, ...info }: FrameHead,
): Uint8Array<ArrayBuffer> {
  const tensors = numbersToWrite(frameShapes(sizes), numbers);
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, sizes, ...info }) });
}

/** Whether a file holds such a head. */
export const holdsFrameHead = (file: TensorFile): boolean => file.metadata.has(format);

/** Reads a head from an open file. */
export async function readFrameHead(file: TensorFile): Promise<FrameHead> {
  const refuse = (why: string) => new TypeError(`Cannot load LFAN or CAN "${file.name}": ${why}`);
  const info = readMetadata<Info>(file, { format, version }, refuse);
  if (!info) {
    throw refuse(
      "it is not one of ours: train one with `./autt train --task ambivalence --form lfan`",
    );
  }
  const { sizes, scales = {}, window, hop, trainedOn } = info;
  if (!sizes || !areSizes(sizes)) throw refuse("its metadata has no sizes that fit together");
  checkHeadMetadata(info, sizes.classes, refuse);
  const { classes, clip, preparations } = info;
  if (!isSize(window) || !isSize(hop)) throw refuse("wanted its window and hop in whole frames");
  for (const [name, scale] of Object.entries(scales)) {
    const width = sizes.modalities.find((one) => one.name === name)?.width;
    const numbers = (list: unknown) =>
      Array.isArray(list) && list.length === width && list.every(Number.isFinite);
    if (!numbers(scale?.mean) || !numbers(scale?.deviation)) {
      throw refuse(`wanted a mean and a deviation of each number of "${name}"`);
    }
  }
  return {
    parameters: { sizes, numbers: await readNumbers(file, frameShapes(sizes)) },
    ...{ scales, window, hop, classes, clip },
    ...preparations && { preparations },
    trainedOn: trainedOn ?? { people: 0, clips: 0 },
  };
}

function areSizes({ form, modalities, taps, width, heads, classes }: FrameSizes): boolean {
  return frameForms.includes(form as FrameForm) && [taps, width, heads, classes].every(isSize) &&
    Number.isInteger(width / heads) && Array.isArray(modalities) && modalities.length > 0 &&
    modalities.every((one) =>
      typeof one.name === "string" && isSize(one.width) && Array.isArray(one.channels) &&
      one.channels.length > 0 && one.channels.every(isSize)
    );
}
