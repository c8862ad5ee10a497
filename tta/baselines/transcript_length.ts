import { type MethodEntry, methodOf } from "../methods/method.ts";
import { sharesOf } from "./shares.ts";

/** Lengths are told apart by as many ranges, each with as many source clips. */
const ranges = 4;

function wordsIn(transcript: string): number {
  return transcript.split(/\s+/).filter((word) => word !== "").length;
}

/**
 * Predicts from how much was said, without reading it or looking at the face: class shares of the source
 * clips with about as many words. If this wins, what is said and shown may add nothing.
 */
export const transcriptLength: MethodEntry = {
  name: "transcript length",
  about: "the source people's classes where about as many words are said",
  needs: ["source labels", "transcripts"],
  open({ sources, classes }) {
    const known = sources.flatMap(({ transcript, ...clip }) =>
      transcript === undefined ? [] : [{ ...clip, words: wordsIn(transcript) }]
    );
    const lengths = known.map(({ words }) => words).sort((a, b) => a - b);
    const ends = Array.from(
      { length: ranges - 1 },
      (_, i) => lengths[Math.floor((i + 1) * lengths.length / ranges)] ?? Infinity,
    );
    const rangeOf = (words: number) => ends.filter((end) => words >= end).length;
    const byRange = Map.groupBy(known, ({ words }) => rangeOf(words));
    const shares = Array.from(
      { length: ranges },
      (_, i) => sharesOf(byRange.get(i) ?? [], classes.length),
    );
    const all = sharesOf(sources, classes.length);
    return Promise.resolve(
      methodOf(({ transcript }) =>
        (transcript === undefined ? undefined : shares[rangeOf(wordsIn(transcript))]) ?? all
      ),
    );
  },
};
