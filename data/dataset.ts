import type { Preparation } from "../model/clip_au/preparation.ts";

/** A clip with its label, to be learned from or evaluated on. */
export interface DatasetClip {
  /** Unique among the clips of a dataset. */
  readonly id: string;
  readonly subject: string;
  /** The recording that it is, or is a part of. */
  readonly video: string;
  readonly label: number;
  /** What the person was doing or asked, where that is known. */
  readonly task?: string | undefined;
  /** What is said, where that is known. */
  readonly transcript?: string | undefined;
  /** Numbers about the voice, where there is sound. */
  readonly voice?: readonly number[] | undefined;
  /** What the person is counted among (an age, a clinic), where a table says it: scores are told by it. */
  readonly group?: string | undefined;
}

/** Clips of people with the features of their frames; read from disk, or made by a generator. */
export interface Dataset {
  readonly name: string;
  /** In the order of labels; the first is the neutral one. */
  readonly classes: readonly string[];
  readonly clips: readonly DatasetClip[];
  /** `[T, d]`, as an image tower gives them; nothing where a clip shows no face. */
  features(clip: DatasetClip, signal?: AbortSignal): Promise<Float32Array>;
  /** `[T, S, S, 3]`: the faces themselves, so many rows and columns each, for methods that decide on these. */
  faces?(clip: DatasetClip, side: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** How many frames a clip has, those between the ones that are looked at too, where that is known. */
  frameCount?(clip: DatasetClip): Promise<number>;
  /** How long it took to make these, where that is known. */
  encodingMilliseconds?(clip: DatasetClip): Promise<number | undefined>;
  /** The ways in which its pictures are prepared, where that is known. */
  readonly preparations?: readonly Preparation[];
  /** Identifies what features are made of: decisions on other features are not reused. */
  key?(clip: DatasetClip): Promise<string>;
}

/** Computes and keeps the features of clips that have none yet; returns the ids of clips without a face. */
export async function encodeAll(
  dataset: Dataset,
  clips: readonly DatasetClip[],
  { signal, onClip }: {
    readonly signal?: AbortSignal | undefined;
    /** Told how many clips are done. */
    readonly onClip?: ((done: number) => void) | undefined;
  },
): Promise<Set<string>> {
  const empty = new Set<string>();
  for (const [i, clip] of clips.entries()) {
    signal?.throwIfAborted();
    if ((await dataset.features(clip, signal)).length === 0) empty.add(clip.id);
    onClip?.(i + 1);
  }
  return empty;
}

/** Where a clip's pictures are, as paths relative to the root. */
export type Media =
  | {
    readonly kind: "frames";
    /** Names that the folder may have; the first that exists is used. */
    readonly folders: readonly string[];
    readonly files: readonly string[];
    /** Whether frames may be missing: faces are not found in all. */
    readonly mayMiss: boolean;
    /** Longer ones are cut into parts. */
    readonly cut?: { readonly most: number; readonly least: number };
  }
  /** A video or a folder of pictures: the first of these names that exists. */
  | { readonly kind: "video"; readonly names: readonly string[] };

/** A clip that a label file names. */
export interface ListedClip extends DatasetClip {
  readonly media: Media;
  /** Names that a file with its transcript may have; the first that exists is read. */
  readonly transcripts?: readonly string[] | undefined;
  /** The line of the label file that names it first, from 1. */
  readonly line?: number | undefined;
}

/** What is wrong in a label file; without a line, the fault is of the whole file. */
export interface LabelFault {
  readonly line?: number | undefined;
  readonly why: string;
}

/** What is wrong in a file. */
export interface FileFaults {
  readonly file: string;
  readonly faults: readonly LabelFault[];
}

/** What a label file says, and what is wrong with it. Clips are to be used only if nothing is. */
export interface Labels {
  readonly clips: readonly ListedClip[];
  readonly faults: readonly LabelFault[];
}

/** What a video's name says about it. */
export interface VideoFacts {
  readonly subject: string;
  readonly task?: string | undefined;
  /** The label, if the name contains it. */
  readonly label?: number;
}

/** Which clips show a person at rest, by what a dataset says of them: their task, their stimulus. */
export interface RestingRule {
  /** For messages: `task Relax`. */
  readonly about: string;
  /** Whether a clip is of rest. It must not look at the label. */
  readonly is: (clip: DatasetClip) => boolean;
  /** Whether the others of these are tested on, if there are more than are needed. */
  readonly fewSuffice: boolean;
}

/** A kind of dataset: how its labels and files are laid out. */
export interface DatasetKind {
  readonly name: string;
  /** The names of its classes, if they are fixed. */
  readonly classes?: readonly string[];
  /** The people whom the papers adapt to. */
  readonly targets?: readonly string[];
  /**
   * Reads a label file.
   *
   * @param classes Their names; where they have none, labels are any whole numbers.
   */
  read(text: string, classes?: readonly string[]): Labels;
  /** Which clips people can be enrolled with, where names or tasks tell. */
  readonly resting?: RestingRule;
  /** Reads a video's name, for folders that are named by classes; a string says why it can't. */
  named?(video: string): VideoFacts | string;
}
