/** Tokens of the 46 Action Unit prompts, start and end included, by CLIP's vocabulary. */
const lengths = [
  ...[7, 7, 11, 9, 14, 8, 6, 7, 11, 15, 8, 18, 9, 9, 14, 9, 8, 15, 12, 7, 8, 9, 9, 10, 11, 13],
  ...[7, 14, 10, 9, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 5, 9, 5, 5, 8, 12],
];

/** The same of their sentences, which have blanks for underscores and a full stop: prompts are tuned so. */
const sentenceLengths = [
  ...[6, 6, 8, 8, 10, 8, 6, 6, 10, 10, 7, 13, 7, 7, 10, 8, 7, 12, 9, 6, 7, 7, 7, 8, 10, 10],
  ...[6, 10, 8, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5, 7, 5, 5, 8, 11],
];

function prompts(lengths: readonly number[], vocabulary: number): number[][] {
  return lengths.map((length, n) =>
    Array.from({ length }, (_, t) => {
      if (t === length - 1) return vocabulary - 1;
      return t === 0 ? vocabulary - 2 : (1000 + 17 * t + 31 * n) % (vocabulary - 2);
    })
  );
}

/** Prompts as long as those of the Action Units, of made-up tokens: no vocabulary is needed. */
export function auPromptsLike(vocabulary: number): number[][] {
  return prompts(lengths, vocabulary);
}

/** Sentences as long as those of the Action Units. */
export function auSentencesLike(vocabulary: number): number[][] {
  return prompts(sentenceLengths, vocabulary);
}
