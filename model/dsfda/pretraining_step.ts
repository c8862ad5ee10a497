import type { Recorder, Tensor } from "../../engine/mod.ts";
import { absoluteDifference, add, crossEntropy, scale } from "../../kernels/mod.ts";
import { decode } from "./decoder.ts";
import { recordMasks } from "./dropout.ts";
import { encode } from "./encoder.ts";
import { classify } from "./head.ts";
import type { Layout } from "./layout.ts";
import { meanOfAll, type StepSizes } from "./training_step.ts";
import { learningInputs, namesOf, recordUpdate } from "./update.ts";

/** What a step of pretraining is recorded for. */
export type PretrainingSizes = Pick<StepSizes, "batch" | "side" | "noise" | "rate" | "dropout">;

/** What networks learn by themselves before they learn from each other. */
export type Lesson = keyof typeof lessons;

/** The lessons, in the order in which they come. */
export const lessons = {
  discriminators: recordDiscriminators,
  pictures: recordPictures,
  swaps: recordSwaps,
} as const;

/** A step's losses by their names. */
export type Losses = { readonly [name: string]: Tensor };

/** Both discriminators learn to tell real faces, `faces`, by `expressions` and by `identities`. */
function recordDiscriminators(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: PretrainingSizes,
): Losses {
  const { batch, side } = sizes, { weights, learn, entropyOf } = lesson(r, layouts, sizes);
  const faces = r.input("faces", [batch, side, side, 3]);
  const told = (name: "Dis_ER" | "Dis_FR", labels: string, call: number) =>
    entropyOf(
      encode(r, weights, `${name}.enc`, faces),
      `${name}.fc`,
      r.input(labels, [batch, 1, 1], "u32"),
      call,
    );
  const losses = {
    D_ER_real: told("Dis_ER", "expressions", 0),
    D_FR_real: told("Dis_FR", "identities", 1),
  };
  learn(losses.D_ER_real, ["Dis_ER."]);
  learn(losses.D_FR_real, ["Dis_FR."]);
  return losses;
}

/**
 * The generator learns to draw faces, `faces`, with the identity of other pictures of the same people,
 * `others`, and the expression of `givers`, who show the same class. The encoder learns to tell it.
 */
function recordPictures(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: PretrainingSizes,
): Losses {
  const { learn, weighed, losses } = drawing(r, layouts, sizes);
  learn(weighed, ["Gen."]);
  return losses;
}

/**
 * The generator goes on with that, and gives expressions to `strangers`, whose numbers are `identities`: the frozen discriminators shall tell both of these faces.
 */
function recordSwaps(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: PretrainingSizes,
): Losses {
  const { weights, learn, entropyOf, generate, expressions, weighed, losses: drawn } = drawing(
    ...[r, layouts, sizes] as const,
  );
  const { batch, side } = sizes, identities = r.input("identities", [batch, 1, 1], "u32");
  const swapped = generate(r.input("strangers", [batch, side, side, 3]), 1);
  const told = (name: "Dis_ER" | "Dis_FR", labels: Tensor<"u32">) =>
    entropyOf(encode(r, weights, `${name}.enc`, swapped), `${name}.fc`, labels);
  const losses = {
    ...drawn,
    G_ER: told("Dis_ER", expressions),
    G_FR: told("Dis_FR", identities),
  };
  // Expressions weigh half as much as later: patterns that are no expression fool frozen discriminators.
  const swaps = add(r, scale(r, losses.G_ER, 0.4), scale(r, losses.G_FR, 0.2));
  learn(add(r, weighed, swaps), ["Gen."]);
  return losses;
}

/** What the generator's lessons have in common; colours weigh as much as in the steps that follow. */
function drawing(r: Recorder, layouts: ReadonlyMap<string, Layout>, sizes: PretrainingSizes) {
  const { batch, side, noise } = sizes, common = lesson(r, layouts, sizes);
  const { weights, entropyOf } = common;
  const pictures = (name: string) => r.input(name, [batch, side, side, 3]);
  const faces = pictures("faces"), expressions = r.input("expressions", [batch, 1, 1], "u32");
  const expression = encode(r, weights, "Gen.enc_ER", pictures("givers"));
  const generate = (identity: Tensor, which: number) =>
    decode(r, weights, "Gen.dec", {
      expression,
      identity: encode(r, weights, "Gen.enc_FR", identity),
      noise: r.input(`noise.${which}`, [batch, side / 16, side / 16, noise]),
    });
  const losses = {
    con: meanOfAll(r, absoluteDifference(r, generate(pictures("others"), 0), faces)),
    fc: entropyOf(expression, "Gen.fc_ER", expressions, 0),
  };
  const weighed = add(r, scale(r, losses.con, 5), losses.fc);
  return { ...common, expressions, generate, losses, weighed };
}

/** What all lessons do. */
function lesson(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  { batch, side, dropout, rate }: PretrainingSizes,
) {
  const learning = learningInputs(r, layouts), { weights } = learning;
  const correction = r.input("correction", [2]);
  return {
    weights,
    /** The cross-entropy of what a head tells of latents; with dropout where a call numbers its masks. */
    entropyOf(latent: Tensor, head: string, labels: Tensor<"u32">, call?: number): Tensor {
      const masks = dropout > 0 && call !== undefined
        ? recordMasks(r, weights, head, { call, batch, low: side / 16 })
        : undefined;
      return meanOfAll(r, crossEntropy(r, classify(r, weights, head, latent, masks), labels));
    },
    learn(loss: Tensor, prefixes: readonly string[]): void {
      recordUpdate(r, loss, namesOf(prefixes, layouts.keys()), learning, { rate, correction });
    },
  };
}
