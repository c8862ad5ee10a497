import type { Recorder, Tensor } from "../../engine/mod.ts";
import { absoluteDifference, add, crossEntropy, scale } from "../../kernels/mod.ts";
import { decode } from "./decoder.ts";
import { recordMasks } from "./dropout.ts";
import { encode } from "./encoder.ts";
import { classify } from "./head.ts";
import type { Layout } from "./layout.ts";
import { meanOfAll, type StepSizes } from "./training_step.ts";
import { learningInputs, recordUpdate } from "./update.ts";

/** What a step of pretraining is recorded for. */
export type PretrainingSizes = Pick<StepSizes, "batch" | "side" | "noise" | "rate" | "dropout">;

/** What networks learn by themselves before they learn from each other. */
export type Lesson = keyof typeof lessons;

/** The lessons, in the order in which they come. */
export const lessons = { classes: recordClasses, pictures: recordPictures } as const;

/** A step's losses by their names. */
export type Losses = { readonly [name: string]: Tensor };

/**
 * The expression encoder with its classifier and both discriminators learn to tell real faces: inputs
 * `faces`, `expressions` and `identities`.
 */
function recordClasses(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: PretrainingSizes,
): Losses {
  const { batch, side } = sizes, { weights, learn, entropyOf } = lesson(r, layouts, sizes);
  const faces = r.input("faces", [batch, side, side, 3]);
  const labels = (name: string) => r.input(name, [batch, 1, 1], "u32");
  const expressions = labels("expressions"), identities = labels("identities");
  const losses = {
    fc: entropyOf(encode(r, weights, "Gen.enc_ER", faces), "Gen.fc_ER", expressions, 0),
    D_ER_real: entropyOf(encode(r, weights, "Dis_ER.enc", faces), "Dis_ER.fc", expressions, 1),
    D_FR_real: entropyOf(encode(r, weights, "Dis_FR.enc", faces), "Dis_FR.fc", identities, 2),
  };
  learn(losses.fc, ["Gen.enc_ER.", "Gen.fc_ER."]);
  learn(losses.D_ER_real, ["Dis_ER."]);
  learn(losses.D_FR_real, ["Dis_FR."]);
  return losses;
}

/**
 * The generator learns to draw faces, `faces`, with the identity of other pictures of the same people,
 * `others`, and the expression of `givers`, who show the same class. The encoder goes on telling it.
 */
function recordPictures(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: PretrainingSizes,
): Losses {
  const { batch, side, noise } = sizes, { weights, learn, entropyOf } = lesson(r, layouts, sizes);
  const faces = r.input("faces", [batch, side, side, 3]);
  const others = r.input("others", [batch, side, side, 3]);
  const givers = r.input("givers", [batch, side, side, 3]);
  const expression = encode(r, weights, "Gen.enc_ER", givers);
  const picture = decode(r, weights, "Gen.dec", {
    expression,
    identity: encode(r, weights, "Gen.enc_FR", others),
    noise: r.input("noise.0", [batch, side / 16, side / 16, noise]),
  });
  const losses = {
    con: meanOfAll(r, absoluteDifference(r, picture, faces)),
    fc: entropyOf(expression, "Gen.fc_ER", r.input("expressions", [batch, 1, 1], "u32"), 0),
  };
  // Weighed as in the steps that follow.
  learn(add(r, scale(r, losses.con, 5), losses.fc), ["Gen."]);
  return losses;
}

/** What both lessons do. */
function lesson(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  { batch, side, dropout, rate }: PretrainingSizes,
) {
  const learning = learningInputs(r, layouts), { weights } = learning;
  const correction = r.input("correction", [2]);
  return {
    weights,
    /** The cross-entropy of what a head tells of latents; `call` numbers its masks. */
    entropyOf(latent: Tensor, head: string, labels: Tensor<"u32">, call: number): Tensor {
      const masks = dropout > 0
        ? recordMasks(r, weights, head, { call, batch, low: side / 16 })
        : undefined;
      return meanOfAll(r, crossEntropy(r, classify(r, weights, head, latent, masks), labels));
    },
    learn(loss: Tensor, prefixes: readonly string[]): void {
      const names = [...layouts.keys()].filter((name) =>
        prefixes.some((prefix) => name.startsWith(prefix))
      );
      recordUpdate(r, loss, names, learning, { rate, correction });
    },
  };
}
