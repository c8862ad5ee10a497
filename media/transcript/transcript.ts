import type { FormatError } from "../../io/files/format_error.ts";

/** A piece of what is said, as the transcript divides it: usually a sentence. */
export interface Sentence {
  /** Without blanks around it; never empty. */
  readonly text: string;
  /** When it begins, in seconds; undefined if the transcript has no times. */
  readonly start: number | undefined;
  /** When it ends, in seconds; undefined if it has no time, or goes on to the end of the video. */
  readonly end: number | undefined;
}

/** What is said in a video. */
export interface Transcript {
  /** In the order in which they begin. */
  readonly sentences: readonly Sentence[];
  /** Whether all sentences have times. */
  readonly timed: boolean;
}

/** A piece of a transcript as it was read, with its line in the file. */
export interface Cue extends Sentence {
  readonly line: number;
}

/** Makes the error for a line, from 1. */
export type RefuseLine = (line: number, why: string) => FormatError;

/** Reads the pieces of a transcript; throws what `refuse` makes of the first fault. */
export type CueReader = (text: string, refuse: RefuseLine) => readonly Cue[];

/** Puts cues in order. Times must be possible; cues that say nothing are left out. */
export function orderCues(cues: readonly Cue[], refuse: RefuseLine): Transcript {
  for (const { line, start, end } of cues) {
    if ((start ?? 0) < 0) throw refuse(line, `it begins at ${start} s, before the video`);
    if (end !== undefined && end < (start ?? 0)) {
      throw refuse(line, `it ends at ${end} s, before it begins at ${start ?? 0} s`);
    }
  }
  // What has no time stays behind what stands before it.
  let latest = 0;
  const placed = cues.map((cue) => ({ cue, at: latest = cue.start ?? latest }));
  const sentences = placed.sort((a, b) => a.at - b.at)
    .map(({ cue: { text, start, end } }): Sentence => ({ text: text.trim(), start, end }))
    .filter(({ text }) => text !== "");
  return {
    sentences,
    timed: sentences.length > 0 && sentences.every(({ start }) => start !== undefined),
  };
}

/** The end of a sentence: a point or the like, with the quotes and brackets behind it. */
const sentenceEnd = /(?<=[.!?…。！？]["'”’»)\]]*)\s+/u;

/** The sentences of a text without times: parts of its lines. */
export function plainTranscript(text: string): Transcript {
  const sentences = text.replace(/^\uFEFF/, "").split(/\r\n|[\r\n]/)
    .flatMap((line) => line.split(sentenceEnd))
    .map((part): Sentence => ({ text: part.trim(), start: undefined, end: undefined }))
    .filter((sentence) => sentence.text !== "");
  return { sentences, timed: false };
}

/** All that is said, as one text. */
export const wholeText = ({ sentences }: Transcript): string =>
  sentences.map(({ text }) => text).join(" ");

/**
 * The frames that a sentence is said in, as `[first, last]`: those whose time lies in [start, end). If there are none,
 * the last is the one before the first.
 *
 * @param times Of all frames, in order.
 */
export function framesDuring(
  { start = 0, end = Infinity }: Pick<Sentence, "start" | "end">,
  times: readonly number[],
): readonly [first: number, last: number] {
  const from = (seconds: number) => {
    const found = times.findIndex((time) => time >= seconds);
    return found < 0 ? times.length : found;
  };
  return [from(start), from(end) - 1];
}
