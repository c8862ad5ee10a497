import { isTexts } from "../io/tensors/read_metadata.ts";
import type { ClipName } from "./clip/clip.ts";
import { checkPreparations, type Preparation } from "./clip_au/preparation.ts";

/** What every trained head says of itself in its file. */
export interface HeadMetadata {
  /** The names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** The CLIP that it was trained on. */
  readonly clip: ClipName;
  /** How the pictures that it learned from were prepared, where that is known. */
  readonly preparations?: readonly Preparation[] | undefined;
}

/** Whether something read from a file is a size that a model can have. */
export const isSize = (n: unknown): n is number =>
  Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 65536;

/** Throws unless what a file says of its classes, its CLIP and its pictures is whole. */
export function checkHeadMetadata(
  info: Partial<HeadMetadata>,
  count: number,
  refuse: (why: string) => Error,
): asserts info is HeadMetadata {
  const { classes, clip, preparations } = info;
  if (!isTexts(classes) || classes.length !== count) {
    throw refuse(`wanted the names of ${count} classes in its metadata`);
  }
  if (!clip || !isTexts([clip.name, clip.fingerprint])) {
    throw refuse("its metadata lacks the CLIP");
  }
  checkPreparations(preparations, refuse);
}
