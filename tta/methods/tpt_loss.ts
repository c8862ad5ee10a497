import { entropyOf, softmax } from "../../numbers/probabilities.ts";
import { meanOf } from "../../numbers/vectors.ts";
import { type ClassTexts, zeroShotLogits } from "./class_prompts.ts";

/** The most confident views, at least one. */
export function confidentViews<T extends { readonly probabilities: ArrayLike<number> }>(
  views: readonly T[],
  share: number,
): T[] {
  const count = Math.max(1, Math.floor(share * views.length));
  const entropies = new Map(views.map((view) => [view, entropyOf(view.probabilities)]));
  const of = (view: T) => entropies.get(view) ?? NaN;
  return [...views].sort((a, b) => of(a) - of(b)).slice(0, count);
}

/** TPT's loss on normalised views: the entropy of the most confident views' mean prediction. */
export function meanEntropy(
  texts: ClassTexts,
  views: readonly Float64Array[],
  share: number,
): number {
  return entropyOf(meanOf(chosen(texts, views, share).map(({ probabilities }) => probabilities)));
}

/**
 * The gradient of that loss with respect to the classes' texts, `[C, d]`: for each view with prediction
 * `p`, `p (sum(p log q) - log q)` by its logits, where `q` is the mean prediction. It is a few hundred
 * numbers, so it is computed here in float64; the device continues from the texts to the prompt's vectors.
 */
export function pullOnTexts(
  texts: ClassTexts,
  views: readonly Float64Array[],
  share: number,
): Float32Array<ArrayBuffer> {
  const some = chosen(texts, views, share), width = texts.texts[0]?.length ?? 0;
  const logs = meanOf(some.map(({ probabilities }) => probabilities))
    .map((q) => Math.log(Math.max(q, Number.MIN_VALUE)));
  const pull = new Float64Array(texts.texts.length * width);
  for (const { x, probabilities } of some) {
    const expected = probabilities.reduce((sum, p, c) => sum + p * (logs[c] ?? NaN), 0);
    for (const [c, p] of probabilities.entries()) {
      const slope = texts.scale / some.length * p * (expected - (logs[c] ?? NaN));
      for (const [i, value] of x.entries()) {
        const at = c * width + i;
        pull[at] = (pull[at] ?? NaN) + slope * value;
      }
    }
  }
  return Float32Array.from(pull);
}

function chosen(texts: ClassTexts, views: readonly Float64Array[], share: number) {
  return confidentViews(
    views.map((x) => ({ x, probabilities: Float64Array.from(softmax(zeroShotLogits(texts, x))) })),
    share,
  );
}
