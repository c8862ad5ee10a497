import type { EmbeddedSentence } from "../../media/transcript/embed_sentences.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import type { Moment } from "./moments.ts";

/** Numbers about the voice in a stretch of a video; undefined where nothing can be heard in it. */
export type VoiceOf = (from: number, to: number) => readonly number[] | undefined;

/** What a video holds beside its frames. */
export interface SpokenParts {
  readonly sentences: readonly EmbeddedSentence[];
  /** Whether all sentences have times. */
  readonly timed: boolean;
  readonly voice?: VoiceOf | undefined;
}

/** A decision on the whole video or on a moment of it. */
export interface AmbivalenceDecision {
  /** Of the classes. */
  readonly probabilities: readonly number[];
  /** By the words alone, where there are some and the head has learnt from words. */
  readonly words?: readonly number[] | undefined;
  /** What it was decided from. */
  readonly uses: readonly Modality[];
}

/** A decision on a moment. */
export interface MomentDecision extends AmbivalenceDecision {
  /** The probability of ambivalence if one of these were not known. */
  readonly without: Readonly<Partial<Record<Modality, number>>>;
}

/** A moment with the first and the last frame that shows a face in it; the last is before the first where none does. */
export interface FramedMoment extends Moment {
  readonly first: number;
  readonly last: number;
}

/** Decides on a video and on its moments. */
export interface AmbivalenceDecider {
  /** Decides on the whole video. */
  decideWhole(): Promise<AmbivalenceDecision>;
  /** Decides on a moment; undefined where nothing is known of it. */
  decideMoment(moment: FramedMoment): Promise<MomentDecision | undefined>;
  /** The probability of ambivalence in each frame with a face, where frames are decided on. */
  decideFrames?(): Promise<readonly number[]>;
}

/** Ambivalence is the second class. */
export const ambivalent = 1;
