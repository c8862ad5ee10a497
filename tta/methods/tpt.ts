import { record, type Recorder, type Tensor } from "../../engine/mod.ts";
import {
  adamw,
  adamwCorrection,
  adamwDefaults,
  add,
  gatherRows,
  grad,
  l2Normalize,
  matmul,
  mean,
} from "../../kernels/mod.ts";
import { entropyOf, meanDirection, meanOf, softmax, unitRows } from "../../numbers/vectors.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { baseRows, layPrompts, promptTexts } from "../clip_autt/prompt_layout.ts";
import { type Method, type MethodEntry, methodOf, type MethodSetup } from "./method.ts";
import { classPrefix, type ClassTexts, classWords, zeroShot, zeroShotLogits } from "./zero_shot.ts";

/** TPT's settings. */
export interface TptSettings {
  /** The share of views that is used: the most confident ones. */
  readonly share: number;
  readonly rate: number;
  readonly decay: number;
}

/** The published settings of its single AdamW step. */
export const tptSettings: TptSettings = { share: 0.1, rate: 5e-3, decay: 0.01 };

/**
 * TPT (Shu et al., NeurIPS 2022) on clips: the word vectors before the class name, shared by all
 * classes, take one step that lowers the entropy of the most confident views' mean prediction. A clip's
 * views are its frames. Each clip starts from scratch.
 */
export const tpt: MethodEntry = {
  name: "tpt",
  about: "TPT: class prompts tuned by one step on the clip's most certain frames",
  needs: ["gradients"],
  settings: { ...tptSettings },
  base: zeroShot,
  open: (setup) => openTpt(setup, tptSettings),
};

/** Opens TPT with settings. */
export async function openTpt(
  { device, clip, classes }: MethodSetup,
  { share, rate, decay }: TptSettings,
): Promise<Method> {
  const { embedding: width } = clip.config, scale = clip.logitScale;
  const { prompt, start } = await layClassPrompts(clip, classes);
  const plan = await record(device, (r) => {
    const context = r.input("context", prompt.shape);
    const before = l2Normalize(r, prompt.embed(r, context)); // [C, d]
    const loss = pulled(r, before, r.input("pull", [classes.length, width]));
    const [g] = grad(r, loss, [context]) as [Tensor];
    const zeros = r.constant("zeros", prompt.shape, "f32", new Float32Array(start.length));
    const correction = r.constant("correction", [2], "f32", adamwCorrection(1));
    const { p } = adamw(r, { p: context, g, m: zeros, v: zeros, correction }, {
      ...adamwDefaults,
      rate,
      decay,
    });
    return { before, after: prompt.embed(r, p) };
  });
  plan.write("context", start);
  plan.write("pull", new Float32Array(classes.length * width));
  plan.run();
  const before = { texts: unitRows(await device.read(plan.outputs.before), width), scale };
  return methodOf(
    async (video) => {
      const features = await video.features(), frames = unitRows(features, width);
      plan.write("pull", pullOnTexts(before, frames, share));
      plan.run();
      const texts = unitRows(await device.read(plan.outputs.after), width);
      return softmax(zeroShotLogits({ texts, scale }, meanDirection(features, width)));
    },
    undefined,
    plan,
  );
}

/** The sum of products of texts and their upstream gradient, both `[C, d]`: a number. */
function pulled(r: Recorder, texts: Tensor, pull: Tensor): Tensor {
  const products = Array.from({ length: texts.shape[0] ?? 0 }, (_, c) => {
    const row = (x: Tensor) =>
      gatherRows(r, x, r.constant(`class ${c}`, [1], "u32", Uint32Array.of(c)));
    return matmul(r, row(texts), row(pull), { transposed: true }); // [1, 1]
  });
  const sum = products.reduce((total, product) => add(r, total, product));
  return mean(r, mean(r, sum, 0), 0);
}

/** The class prompts, with the words before the class name as tuned vectors, and their initial values. */
async function layClassPrompts(clip: Clip, classes: readonly string[]) {
  const { config, text, tokenizer } = clip, { width, context: contextLength } = config.text;
  if (!text.tunable) {
    throw new TypeError("Cannot tune the prompts of this CLIP: load it with `tunable: true`");
  }
  const words = tokenizer.encode(classPrefix), count = words.length;
  const names = classes.map((name) => tokenizer.prompt(classWords(name), { contextLength }));
  const layout = layPrompts(names, {
    contextTokens: count,
    keepWords: true,
    place: "before words",
  });
  if (Math.max(...layout.positions) >= contextLength) {
    throw new RangeError(
      `Cannot tune prompts of ${Math.max(...layout.positions) + 1} tokens: the text tower takes ` +
        `${contextLength}: give the classes shorter names`,
    );
  }
  // All classes share one set of vectors; Action Units have one each.
  const slots = layout.slots.map((slot) => slot % count);
  const base = await baseRows(text.tokens, config, layout);
  const start = new Float32Array(count * width);
  for (const [i, id] of words.entries()) start.set(await text.tokens.token(id), i * width);
  return {
    start,
    prompt: {
      shape: [count, width] as const,
      embed: (r: Recorder, context: Tensor) =>
        promptTexts(r, text, config, { ...layout, slots }, base, context),
    },
  };
}

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
