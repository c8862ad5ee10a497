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
import { softmax } from "../../numbers/probabilities.ts";
import { meanDirection, unitRows } from "../../numbers/vectors.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { layPrompts } from "../clip_autt/prompt_layout.ts";
import { baseRows, promptTexts } from "../clip_autt/prompt_texts.ts";
import { classPrefix, classWords, zeroShotLogits } from "./class_prompts.ts";
import type { Method, MethodEntry, MethodSetup } from "./method.ts";
import { pullOnTexts } from "./tpt_loss.ts";
import { zeroShot } from "./zero_shot.ts";

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
  return {
    begin() {},
    async decide(video) {
      const features = await video.features(), frames = unitRows(features, width);
      plan.write("pull", pullOnTexts(before, frames, share));
      plan.run();
      const texts = unitRows(await device.read(plan.outputs.after), width);
      const logits = zeroShotLogits({ texts, scale }, meanDirection(features, width));
      return { probabilities: Float32Array.from(softmax(logits)) };
    },
    [Symbol.dispose]: () => plan[Symbol.dispose](),
  };
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
