import { isKnownPeople, type KnownPeople } from "./known_people.ts";

/** How a head was trained: what it takes to train it again, and to judge what it can bear. */
export interface HeadTraining {
  /** The people that it learned from. */
  readonly people: number;
  /** Their videos. */
  readonly videos: number;
  /** The epoch that was kept: by the people held out, or the median of the folds. */
  readonly epoch: number;
  /** The most epochs that were wanted. */
  readonly epochs: number;
  /** Clips in a step. */
  readonly batch: number;
  /** Frames in a clip. */
  readonly frames: number;
  /** Of so many frames of a video one is used. */
  readonly stride: number;
  /** AdamW's learning rate. */
  readonly rate: number;
  /** AdamW's weight decay. */
  readonly decay: number;
  /** What decided every random draw. */
  readonly seed: number;
  /** Neutral videos whose mean each person's features are relative to; none in heads that are not. */
  readonly centred?: number | undefined;
  /** Where resting faces varied in training as they do between videos: the range of gains that did too. */
  readonly gains?: readonly [number, number] | undefined;
  /** Folds of the cross-validation that chose the epoch; then everyone was learned from. */
  readonly folds?: number | undefined;
  /** Everyone who taught the head or chose its epoch; not known of older files. */
  readonly known?: KnownPeople | undefined;
}

/** Whether something read from a file says how a head was trained. */
export function isHeadTraining(x: unknown): x is HeadTraining {
  const { rate, decay, centred, gains, folds, known, ...whole } = (x ?? {}) as Partial<
    HeadTraining
  >;
  const { people, videos, epoch, epochs, batch, frames, stride, seed } = whole;
  const counts = [people, videos, epoch, epochs, batch, frames, stride, seed];
  return counts.every(Number.isSafeInteger) && [rate, decay].every(Number.isFinite) &&
    [centred, folds].every((count) => count === undefined || Number.isSafeInteger(count)) &&
    (known === undefined || isKnownPeople(known)) &&
    (gains === undefined ||
      (Array.isArray(gains) && gains.length === 2 && gains.every(Number.isFinite)));
}
