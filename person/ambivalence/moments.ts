import type { EmbeddedSentence } from "../../media/transcript/embed_sentences.ts";

/** A stretch of a video, with the sentences that are said in it. */
export interface Moment {
  /** In seconds. */
  readonly from: number;
  readonly to: number;
  readonly sentences: readonly EmbeddedSentence[];
}

/** Where moments begin and end: with sentences, or, where no times are known, at equal distances. */
export type MomentTimes = "of the transcript" | "guessed from the length of sentences" | "equal";

/** The length of moments where nothing is said, in seconds. */
const usualSeconds = 3;

/** Shorter stretches between sentences are no moments of their own. */
const leastSeconds = 1;

/**
 * Cuts a video into moments: a sentence each, and what lies between sentences. A transcript without times is
 * spread over the video by the number of letters, which is a guess; without one, moments are equally long.
 *
 * @param seconds When the last frame is shown.
 */
export function cutMoments(
  sentences: readonly EmbeddedSentence[],
  timed: boolean,
  seconds: number,
): { readonly moments: readonly Moment[]; readonly times: MomentTimes } {
  if (sentences.length === 0) {
    return { moments: silent(0, seconds), times: "equal" };
  }
  const said = timed ? withTimes(sentences, seconds) : spread(sentences, seconds);
  const moments: Moment[] = [];
  let at = 0;
  for (const moment of said) {
    if (moment.from - at >= leastSeconds) moments.push(...silent(at, moment.from));
    moments.push(moment);
    at = Math.max(at, moment.to);
  }
  if (seconds - at >= leastSeconds) moments.push(...silent(at, seconds));
  return {
    moments,
    times: timed ? "of the transcript" : "guessed from the length of sentences",
  };
}

function withTimes(sentences: readonly EmbeddedSentence[], seconds: number): Moment[] {
  return sentences.map((sentence, i) => {
    const from = sentence.start ?? 0;
    const to = sentence.end ?? sentences[i + 1]?.start ?? seconds;
    return { from, to: Math.max(from, to), sentences: [sentence] };
  });
}

function spread(sentences: readonly EmbeddedSentence[], seconds: number): Moment[] {
  const letters = sentences.reduce((sum, { text }) => sum + text.length, 0);
  let at = 0;
  return sentences.map((sentence) => {
    const from = at;
    at += seconds * sentence.text.length / letters;
    return { from, to: at, sentences: [sentence] };
  });
}

function silent(from: number, to: number): Moment[] {
  const count = Math.max(1, Math.round((to - from) / usualSeconds));
  return Array.from({ length: count }, (_, i) => ({
    from: from + i * (to - from) / count,
    to: from + (i + 1) * (to - from) / count,
    sentences: [],
  }));
}
