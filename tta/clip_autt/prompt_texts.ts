import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, gatherRows, scatterRows } from "../../kernels/mod.ts";
import type { ClipText } from "../../model/clip/clip.ts";
import type { ClipConfig } from "../../model/clip/config.ts";
import { textTower } from "../../model/clip/text_tower.ts";
import type { TokenTable } from "../../model/clip/token_table.ts";
import type { PromptLayout, SightLayout } from "./prompt_layout.ts";

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
  const tokenOf = new Map(fixed.map(({ row, token }) => [row, token]));
  for (const [row, position] of positions.entries()) {
    base.set(await tokens.row(tokenOf.get(row), position), row * width);
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
