import type { Tokenizer } from "../../model/tokenizer/tokenizer.ts";

/** A sentence as CLIP's text tower takes it. */
export interface CutSentence {
  /** Its tokens with start and end; at most as many as the tower takes. */
  readonly tokens: readonly number[];
  /** The first word that was not taken wholly, by its number from 0; undefined if all were. */
  readonly cutAt: { readonly index: number; readonly word: string } | undefined;
}

/**
 * The tokens of a sentence, the surplus dropped as CLIP does, and the word where it was cut.
 *
 * @param contextLength The most tokens, start and end included.
 */
export function cutSentence(tokenizer: Tokenizer, text: string, contextLength = 77): CutSentence {
  const tokens = tokenizer.prompt(text, { contextLength, truncate: true }),
    most = contextLength - 2;
  if (tokens.length < contextLength || tokenizer.encode(text).length <= most) {
    return { tokens, cutAt: undefined };
  }
  // The most words whose tokens all find room, by halving.
  const words = text.trim().split(/\s+/);
  const finds = (count: number) => tokenizer.encode(words.slice(0, count).join(" ")).length <= most;
  let kept = 0, tooMany = words.length;
  while (tooMany - kept > 1) {
    const middle = (kept + tooMany) >> 1;
    if (finds(middle)) kept = middle;
    else tooMany = middle;
  }
  return { tokens, cutAt: { index: kept, word: words[kept] ?? "" } };
}
