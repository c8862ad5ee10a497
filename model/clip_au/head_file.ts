import { isTexts, readMetadata } from "../../io/tensors/read_metadata.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import type { ClipName } from "../clip/clip.ts";
import { numbersToWrite } from "../named_numbers.ts";
import { auPrompts } from "./au_prompts.ts";
import { type HeadParameters, headShapes, readHeadParameters } from "./head_parameters.ts";
import { type HeadTraining, isHeadTraining } from "./head_training.ts";
import { checkPreparations, type Preparation } from "./preparation.ts";
import type { RestFinder } from "./rest.ts";
import { readRestTensors, restTensors } from "./rest_tensors.ts";

/** What a head classifies, and how. */
export interface HeadInfo {
  /** The names of the classes in the order of the logits. */
  readonly classes: readonly string[];
  /** The Action Units' prompts, in the order of the classifier's inputs. */
  readonly auPrompts: readonly string[];
  /** The CLIP that it was trained on; unknown for the authors' files. */
  readonly clip?: ClipName | undefined;
  /** How the pictures that it learned from were prepared; not known of older files. */
  readonly preparations?: readonly Preparation[] | undefined;
  /**
   * `[d]`: the average neutral face, of heads trained with `--centred`. They expect features minus the
   * person's neutral mean plus this one; for unknown people, features stay as they are.
   */
  readonly neutral?: Float32Array<ArrayBuffer> | undefined;
  /** How to find the resting face of someone who is not enrolled; heads without `neutral` have none. */
  readonly rest?: RestFinder | undefined;
  /** How it was trained; not known of older files and of the authors'. */
  readonly training?: HeadTraining | undefined;
}

/** A head with its parameters. */
export interface Head extends HeadInfo {
  /** Its parameters by name. */
  readonly parameters: HeadParameters;
}

/** The key of our own metadata, and its version. */
const format = "autt.clip_au", version = 1;

/** The defaults for the authors' files: two classes, the absence of the expression first. */
export function usualClasses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => i === 0 ? "neutral" : `class ${i}`);
}

/** Reads a head from an open file: our own safetensors, or the authors' `.pth`. */
export async function readHead(
  file: TensorFile,
  classes?: readonly string[],
  prefix = "",
): Promise<Head> {
  const refuse = (why: string) => new TypeError(`Cannot load the head "${file.name}": ${why}`);
  if (!file.tensors.has(`${prefix}temporal_classifier.0.weight`)) {
    throw refuse(
      `it has no "temporal_classifier.0.weight": wanted a head of CLIP-AU, trained with ` +
        `\`./autt train\` or by the authors' code`,
    );
  }
  const parameters = await readHeadParameters(file, prefix), { sizes } = parameters;
  const info = readInfo(file, refuse);
  const own = info?.classes ?? usualClasses(sizes.classes), names = classes ?? own;
  if (names.length !== sizes.classes) {
    throw refuse(
      `it decides between ${sizes.classes} classes (${
        own.join(", ")
      }): got ${names.length} names; ` +
        "give as many, or decide by names alone, without a head",
    );
  }
  const prompts = info?.auPrompts ?? auPrompts;
  if (prompts.length !== sizes.units) {
    throw refuse(`it takes ${sizes.units} Action Units: got ${prompts.length} prompts`);
  }
  const { clip, preparations, training } = info ?? {};
  return {
    ...{ parameters, classes: names, auPrompts: prompts, clip },
    ...preparations && { preparations },
    ...await readRestTensors(file, sizes.embedding, refuse),
    ...training && { training },
  };
}

type NamedInfo = Omit<HeadInfo, "neutral" | "rest">;

function readInfo(file: TensorFile, refuse: (why: string) => Error): NamedInfo | undefined {
  const info = readMetadata<NamedInfo>(file, { format, version }, refuse);
  if (!info) return undefined;
  const { classes, auPrompts, clip, preparations, training } = info;
  const lacks = !isTexts(classes) || !isTexts(auPrompts) ||
    (clip && !isTexts([clip.name, clip.fingerprint]));
  if (lacks) {
    throw refuse("its metadata lacks the classes, the prompts or the CLIP");
  }
  checkPreparations(preparations, refuse);
  if (training && !isHeadTraining(training)) {
    throw refuse("its metadata does not say whole how it was trained");
  }
  return { classes, auPrompts, clip, preparations, training };
}

/** Encodes a head as our own safetensors. */
export function encodeHead({ parameters, neutral, rest, ...info }: Head): Uint8Array<ArrayBuffer> {
  const tensors = {
    ...numbersToWrite(headShapes(parameters.sizes), parameters.numbers),
    ...restTensors({ neutral, rest }),
  };
  return encodeSafetensors(tensors, { [format]: JSON.stringify({ version, ...info }) });
}
