import type { Clip } from "../../model/clip/clip.ts";
import type { KnownClip } from "../../model/conflict_fusion/clip_batch.ts";
import { meanDirection, meanOf, unit } from "../../numbers/vectors.ts";
import type { SourceClip, UnlabelledClip } from "../methods/method.ts";
import type { PersonClip } from "./train_fusion.ts";

/** Sentences at once. */
const sentencesAtOnce = 64;

/** The sentences of a text: up to a full stop, a question or exclamation mark, or the end of a line. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\r?\n/).map((part) => part.trim()).filter((part) => part !== "");
}

/** By CLIP, so that methods that see the same sentences embed each once. */
const opened = new WeakMap<Clip, KnownClips>();

/** Turns what is known of clips into the embeddings that fusion takes; a sentence is embedded once. */
export class KnownClips {
  readonly #clip: Clip;
  readonly #sentences = new Map<string, Float64Array>();

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** Those of a CLIP, which all methods share. */
  static of(clip: Clip): KnownClips {
    const found = opened.get(clip) ?? new KnownClips(clip);
    opened.set(clip, found);
    return found;
  }

  /** What is known of other people's clips. */
  async knowAll(
    clips: readonly Pick<SourceClip, "subject" | "label" | "transcript" | "voice" | "features">[],
  ): Promise<PersonClip[]> {
    const all: PersonClip[] = [];
    for (const clip of clips) {
      const { subject, label } = clip;
      all.push({ subject, label, known: await this.know(clip) });
    }
    return all;
  }

  /** What is known of a clip: the face of its frames, its words and its voice. */
  async know(
    { transcript, voice, ...clip }: Pick<UnlabelledClip, "transcript" | "voice" | "features">,
  ): Promise<KnownClip> {
    const features = await clip.features();
    const text = transcript === undefined ? undefined : await this.embed(sentencesOf(transcript));
    const { embedding } = this.#clip.config;
    return {
      ...features.length > 0 && { video: meanDirection(features, embedding) },
      ...text && { text },
      ...voice && { audio: voice },
    };
  }

  /** The mean direction of sentences; undefined where there is none. CLIP reads the first 77 tokens of each. */
  async embed(sentences: readonly string[]): Promise<Float64Array | undefined> {
    return sentences.length === 0 ? undefined : unit(meanOf(await this.embedEach(sentences)));
  }

  /** The direction of each sentence. */
  async embedEach(sentences: readonly string[]): Promise<Float64Array[]> {
    const missing = [...new Set(sentences)].filter((one) => !this.#sentences.has(one));
    const { embedding } = this.#clip.config;
    for (let first = 0; first < missing.length; first += sentencesAtOnce) {
      const some = missing.slice(first, first + sentencesAtOnce);
      const found = await this.#clip.encodeTexts(some, { truncate: true });
      for (const [i, one] of some.entries()) {
        this.#sentences.set(one, unit(found.subarray(i * embedding, (i + 1) * embedding)));
      }
    }
    return sentences.map((one) => this.#sentences.get(one) as Float64Array);
  }
}
