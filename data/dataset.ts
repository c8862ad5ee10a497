import type { Preparation } from "../model/clip_au/preparation.ts";

/** A clip with its label, to be learned from or evaluated on. */
export interface DatasetClip {
  /** Tells it from all others. */
  readonly id: string;
  readonly subject: string;
  /** The recording that it is, or is a part of. */
  readonly video: string;
  readonly label: number;
  /** What the person was doing or asked, where that is known. */
  readonly task?: string | undefined;
}

/** Clips of people, and frames' features of each. A generator can be one as well. */
export interface Dataset {
  readonly name: string;
  /** By their labels; the first is the neutral one. */
  readonly classes: readonly string[];
  readonly clips: readonly DatasetClip[];
  /** `[T, d]`, as an image tower gives them; nothing where a clip shows no face. */
  features(clip: DatasetClip, signal?: AbortSignal): Promise<Float32Array>;
  /** How long it took to make these, where that is known. */
  encodingMilliseconds?(clip: DatasetClip): Promise<number | undefined>;
  /** The ways in which its pictures are prepared, where that is known. */
  readonly preparations?: readonly Preparation[];
  /** Identifies what they are made of: decisions on others must not be gone on with. */
  key?(clip: DatasetClip): Promise<string>;
}

/** Where a clip's pictures are, by paths from the root. */
export type Media =
  | {
    readonly kind: "frames";
    /** The folder may be named in several ways: the first that is there. */
    readonly folders: readonly string[];
    readonly files: readonly string[];
    /** Whether frames may be missing: faces are not found in all. */
    readonly mayMiss: boolean;
    /** Longer ones are cut into parts. */
    readonly cut?: { readonly most: number; readonly least: number };
  }
  /** A video, or a folder of pictures: the first of these names that is there. */
  | { readonly kind: "video"; readonly names: readonly string[] };

/** A clip that a label file names. */
export interface ListedClip extends DatasetClip {
  readonly media: Media;
  /** Of the label file, where it is first named, from 1. */
  readonly line?: number | undefined;
}

/** What is wrong in a label file; without a line, with all of it. */
export interface LabelFault {
  readonly line?: number | undefined;
  readonly why: string;
}

/** What a label file says, and what is wrong with it. Where something is, nothing is to be used. */
export interface Labels {
  readonly clips: readonly ListedClip[];
  readonly faults: readonly LabelFault[];
}

/** What a video's name says of it. */
export interface VideoFacts {
  readonly subject: string;
  readonly task?: string | undefined;
  /** The label that its name tells, where it tells one. */
  readonly label?: number;
}

/** How a kind of data set is laid out. */
export interface DatasetKind {
  readonly name: string;
  /** The names of its classes, where it has its own. */
  readonly classes?: readonly string[];
  /** The people whom the papers adapt to. */
  readonly targets?: readonly string[];
  /**
   * Reads a label file.
   *
   * @param classes Their names; where they have none, labels are any whole numbers.
   */
  read(text: string, classes?: readonly string[]): Labels;
  /** What a video's name alone tells, where it lies in a folder of its class; a text says why nothing. */
  named?(video: string): VideoFacts | string;
}
