import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import type { TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { RestFinder } from "./rest.ts";

/** What a head keeps of resting faces, if it was trained with `--centred`. */
export interface RestingFaces {
  /** `[d]`: the average resting face. */
  readonly neutral?: Float32Array<ArrayBuffer> | undefined;
  /** How to find that of someone who is not enrolled; there is none without `neutral`. */
  readonly rest?: RestFinder | undefined;
}

/** What vectors beside the parameters are, for messages. */
const vectors = {
  "neutral": "its usual neutral face",
  "rest.direction": "the direction of its expressions",
  "rest.offset": "the offset of its calm frames",
  "rest.frames": "the length of its clips",
} as const;

/** Resting faces as tensors of a head's file. */
export function restTensors({ neutral, rest }: RestingFaces): Record<string, TensorToWrite> {
  const tensors: Record<string, TensorToWrite> = {};
  const add = (name: keyof typeof vectors, data: Float32Array<ArrayBuffer>) => {
    tensors[name] = { dtype: "F32", shape: [data.length], data };
  };
  if (neutral) add("neutral", neutral);
  if (rest) {
    add("rest.direction", rest.direction);
    add("rest.offset", rest.offset);
    add("rest.frames", Float32Array.of(rest.frames));
  }
  return tensors;
}

/** Reads what a head's file keeps of resting faces, for features of some width. */
export async function readRestTensors(
  file: TensorFile,
  width: number,
  refuse: (why: string) => Error,
): Promise<RestingFaces> {
  const neutral = await readVector(file, "neutral", width, refuse);
  if (!neutral) return {};
  const direction = await readVector(file, "rest.direction", width, refuse);
  const offset = await readVector(file, "rest.offset", width, refuse);
  const [frames = 0] = await readVector(file, "rest.frames", 1, refuse) ?? [];
  if (!direction && !offset) return { neutral };
  if (direction && offset && frames >= 1) return { neutral, rest: { direction, offset, frames } };
  throw refuse("what it takes to find a resting face is not complete");
}

async function readVector(
  file: TensorFile,
  name: keyof typeof vectors,
  width: number,
  refuse: (why: string) => Error,
): Promise<Float32Array<ArrayBuffer> | undefined> {
  const stored = file.tensors.get(name);
  if (!stored) return undefined;
  if (stored.shape.join() !== `${width}`) {
    throw refuse(`${vectors[name]} must be [${width}]: got [${stored.shape}]`);
  }
  const numbers = toFloat32(stored.dtype, await file.read(name));
  if (!numbers.every(Number.isFinite)) throw refuse(`${vectors[name]} is not all finite`);
  return numbers;
}
