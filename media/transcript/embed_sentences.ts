import type { Clip } from "../../model/clip/clip.ts";
import { type CutSentence, cutSentence } from "./cut_sentence.ts";
import type { Sentence, Transcript } from "./transcript.ts";

/** A sentence with its embedding. */
export interface EmbeddedSentence extends Sentence, Pick<CutSentence, "cutAt"> {
  /** `[d]`, as the text tower gives it: not at unit length. */
  readonly features: Float32Array<ArrayBuffer>;
}

/** Embeds each sentence with a CLIP; what is too long is cut, and the word where it was cut is told. */
export async function embedSentences(
  { config, prompts, tokenizer }: Clip,
  { sentences }: Transcript,
): Promise<EmbeddedSentence[]> {
  const cut = sentences.map(({ text }) => cutSentence(tokenizer, text, config.text.context));
  const rows = await prompts.encode(cut.map(({ tokens }) => tokens)), d = config.embedding;
  return sentences.map((sentence, i) => ({
    ...sentence,
    cutAt: cut[i]?.cutAt,
    features: rows.slice(i * d, (i + 1) * d),
  }));
}
