import { add, gatherRows, scatterRows, seenBy } from "../../kernels/mod.ts";
import { readPosition } from "../../model/clip/pack_prompts.ts";
import type { TuningSettings } from "./tuning_settings.ts";
import type { Recorder, Tensor } from "../../engine/mod.ts";
import type { ClipText } from "../../model/clip/clip.ts";
import type { ClipConfig } from "../../model/clip/config.ts";
import { textTower } from "../../model/clip/text_tower.ts";
import type { TokenTable } from "../../model/clip/token_table.ts";

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
  /** The rows with a fixed part: a token, or only its position. */
  readonly fixed: ReadonlyMap<number, number | undefined>;
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
  const fixed = new Map<number, number | undefined>([[0, sentences[0]?.[0]]]);
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
      if (!tuned || onWords) fixed.set(row, token);
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

/**
 * The text tower's input without the tuned vectors, `[T, D]`: token plus position embeddings, and
 * only position embeddings in rows that a tuned vector is added to.
 */
export async function baseRows(
  tokens: TokenTable,
  { text: { width } }: ClipConfig,
  { rows, positions, fixed }: PromptLayout,
): Promise<Float32Array<ArrayBuffer>> {
  const base = new Float32Array(rows * width);
  for (const [row, position] of positions.entries()) {
    base.set(await tokens.row(fixed.get(row), position), row * width);
  }
  return base;
}

/** Embeds prompts with tuned vectors `context` `[A, n, D]`: `[A, embedding]`, not normalised. */
export function promptTexts(
  r: Recorder,
  text: Pick<ClipText, "weights">,
  config: ClipConfig,
  layout: PromptLayout,
  base: Float32Array<ArrayBuffer>,
  context: Tensor,
): Tensor {
  const { rows, slots, places, read } = layout, { width } = config.text;
  const numbers = (label: string, shape: readonly number[], data: Uint32Array<ArrayBuffer>) =>
    r.constant(label, shape, "u32", data);
  const used = gatherRows(r, context, numbers("slots", [slots.length], slots)); // [S, D]
  const placed = scatterRows(
    r,
    used,
    numbers("places", [places.length], places),
    [1, rows, width],
  ); // [1, T, D]
  const sight = (name: string, { ranges, seenBy, pairs }: SightLayout) => ({
    ranges: numbers(name, [1, ranges.length / 2, 2], ranges),
    seenBy: numbers(`${name}_seen_by`, [1, rows, 2], seenBy),
    pairs,
  });
  const texts = textTower(r, text.weights, config, {
    shared: 1,
    x: add(r, placed, r.constant("base", [1, rows, width], "f32", base)),
    sight: sight("ranges", layout.sight),
    read: numbers("read", [1, read.length], read),
    readSight: sight("read_ranges", layout.readSight),
    differentiable: true,
  }); // [1, A, embedding]
  const all = Uint32Array.from(read, (_, unit) => unit);
  return gatherRows(r, texts, numbers("units", [read.length], all));
}
