import { seenBy } from "../../kernels/mod.ts";
import { readPosition } from "../../model/clip/pack_prompts.ts";
import type { TuningSettings } from "./tuning_settings.ts";

/** The fixed part of a row: a token, or only its position. */
export interface FixedRow {
  readonly row: number;
  readonly token: number | undefined;
}

/** Which rows each row attends to, and is attended by. */
export interface SightLayout {
  readonly ranges: Uint32Array<ArrayBuffer>;
  readonly seenBy: Uint32Array<ArrayBuffer>;
  readonly pairs: number;
}

/**
 * Prompts with tuned vectors, one after the other. They share one start token, in the first row. As no
 * tuned vector precedes it, it has no gradient.
 */
export interface PromptLayout {
  readonly rows: number;
  /** The position of each row in its own prompt. */
  readonly positions: readonly number[];
  readonly fixed: readonly FixedRow[];
  /** The tuned vectors in use, of `units * contextTokens`, and the row of each. */
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly places: Uint32Array<ArrayBuffer>;
  readonly sight: SightLayout;
  /** The row that each prompt is read at, and what these rows attend to. */
  readonly read: Uint32Array<ArrayBuffer>;
  readonly readSight: SightLayout;
}

/** The number of rows that all prompts share: the start token. */
const shared = 1;

/**
 * Lays out prompts for Action Units' sentences, which are token ids with start and end.
 *
 * Vectors before words: start, tuned vectors, words, end; read at the end. Without words (the released
 * code): start, tuned vectors, a padding token, then positions only; read where the sentence's end was.
 * Vectors on words: the sentence with a tuned vector added to each of its first words, but not to its
 * end. Rows after the one that is read can't affect it and are left out.
 */
export function layPrompts(
  sentences: readonly (readonly number[])[],
  { contextTokens, keepWords, place }: Pick<
    TuningSettings,
    "contextTokens" | "keepWords" | "place"
  >,
): PromptLayout {
  const positions: number[] = [0], slots: number[] = [], places: number[] = [];
  const fixed: FixedRow[] = [{ row: 0, token: sentences[0]?.[0] }];
  const ranges: number[] = [0, 1], read: number[] = [], readRanges: number[] = [];
  for (const [unit, sentence] of sentences.entries()) {
    const end = readPosition(sentence), first = positions.length;
    const onWords = place === "on words", before = onWords ? 0 : contextTokens;
    const length = keepWords ? end + before : end; // without the start token
    for (let position = 1; position <= length; position++) {
      const row = positions.length;
      const tuned = position <= contextTokens && !(onWords && position === end);
      if (tuned) {
        slots.push(unit * contextTokens + position - 1);
        places.push(row);
      }
      const token = keepWords
        ? sentence[position - before]
        : position === contextTokens + 1
        ? 0
        : undefined;
      if (!tuned || onWords) fixed.push({ row, token });
      positions.push(position);
      ranges.push(first, row + 1);
    }
    read.push(positions.length - 1);
    readRanges.push(first, positions.length);
  }
  const rows = positions.length;
  return {
    rows,
    positions,
    fixed,
    slots: Uint32Array.from(slots),
    places: Uint32Array.from(places),
    sight: sightOf(ranges, rows),
    read: Uint32Array.from(read),
    readSight: sightOf(readRanges, rows),
  };
}

function sightOf(pairs: readonly number[], rows: number): SightLayout {
  const ranges = Uint32Array.from(pairs), seen = seenBy(ranges, rows, shared);
  seen.fill(0, 0, 2 * shared); // the start token needs no gradient
  let count = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    count += (ranges[i + 1] ?? 0) - Math.max(ranges[i] ?? 0, shared) + shared;
  }
  return { ranges, seenBy: seen, pairs: count };
}
