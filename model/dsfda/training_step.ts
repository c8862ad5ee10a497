import type { Recorder, Tensor } from "../../engine/mod.ts";
import { absoluteDifference, add, crossEntropy, mean, multiply, scale } from "../../kernels/mod.ts";
import { decode } from "./decoder.ts";
import { recordMasks } from "./dropout.ts";
import { encode } from "./encoder.ts";
import { classify } from "./head.ts";
import type { Layout } from "./layout.ts";
import type { Weights } from "./parameters.ts";
import { learningInputs, namesOf, recordUpdate } from "./update.ts";

/** The four optimisers, in the order in which they step, and the parameters of each, by their names. */
export const optimizers = {
  fc: ["Gen.fc_ER."],
  D_FR: ["Dis_FR."],
  D_ER: ["Dis_ER."],
  G_joint: ["Gen.dec.", "Gen.enc_FR.", "Gen.enc_ER."],
} as const;

/** One of the four optimisers. */
export type Optimizer = keyof typeof optimizers;

/** What a step is recorded for. */
export interface StepSizes {
  /** Pictures of either kind. */
  readonly batch: number;
  /** A picture's rows, and columns. */
  readonly side: number;
  /** Channels of the noise. */
  readonly noise: number;
  /** Of learning, for all optimisers. */
  readonly rate: number;
  /** The share of numbers that the heads' dropout drops; the authors' is 0.5. 0 records none. */
  readonly dropout: number;
  /** Whether the classification's gradient reaches the expression encoder too. The authors' never does. */
  readonly trainEncoderByClasses?: boolean;
  /**
   * Whose classes the accuracy of training is told of: those of real faces, or, as the authors' is, those
   * that generated faces were meant to show.
   */
  readonly accuracyOf?: "real" | "generated";
}

/** Which discriminators a step updates. */
export interface StepUpdates {
  readonly D_FR: boolean;
  readonly D_ER: boolean;
}

/** The heads' calls with dropout, by what their masks' names are: `mask.2i` and `mask.2i+1`. */
const headCalls = [
  ...["D_FR real", "D_ER real", "fc", "D_FR fake", "G_FR", "G_ER"] as const,
  // The authors' generator calls its head with every face that it makes; one of the calls is used.
  ...["reconstructed identity", "reconstructed expression"] as const,
] as const;

/** Records one step: losses, gradients and updates, in the order that decides the result. */
export function recordStep(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  sizes: StepSizes,
  updates: StepUpdates,
) {
  const { batch, side, noise: noiseChannels } = sizes, low = side / 16;
  const learning = learningInputs(r, layouts), { weights } = learning;
  const pictures = (name: string) => r.input(name, [batch, side, side, 3]);
  const labels = (name: string) => r.input(name, [batch, 1, 1], "u32");
  const f = pictures("identity"), e = pictures("expression");
  const identities = labels("identities"), expressions = labels("expressions");
  const noise = [0, 1, 2].map((i) => r.input(`noise.${i}`, [batch, low, low, noiseChannels]));
  const masksOf = (call: typeof headCalls[number], from: Weights, head: string) =>
    sizes.dropout > 0
      ? recordMasks(r, from, head, { call: headCalls.indexOf(call), batch, low })
      : undefined;
  const discriminate = (
    from: Weights,
    name: "Dis_FR" | "Dis_ER",
    x: Tensor,
    call: typeof headCalls[number],
  ) => {
    const latent = encode(r, from, `${name}.enc`, x);
    return {
      latent,
      logits: classify(r, from, `${name}.fc`, latent, masksOf(call, from, `${name}.fc`)),
    };
  };
  const express = (x: Tensor) => encode(r, weights, "Gen.enc_ER", x);
  const identify = (x: Tensor) => encode(r, weights, "Gen.enc_FR", x);
  const generate = (identity: Tensor, expression: Tensor, which: number) =>
    decode(r, weights, "Gen.dec", { expression, identity, noise: noise[which] as Tensor });
  const entropyOf = (logits: Tensor, wanted: Tensor<"u32">) =>
    meanOfAll(r, crossEntropy(r, logits, wanted));

  const gradients = new Map<string, Tensor>();
  const after = new Map(weights);
  const update = (optimizer: Optimizer, loss: Tensor) => {
    const names = namesOf(optimizers[optimizer], layouts.keys());
    const correction = r.input(`correction.${optimizer}`, [2]), { rate } = sizes;
    const updated = recordUpdate(r, loss, names, learning, { rate, correction });
    for (const [name, g] of updated.gradients) gradients.set(name, g);
    for (const [name, p] of updated.after) after.set(name, p);
  };

  // 1. What the discriminators say of real faces, before any of them is updated.
  const realIdentity = discriminate(weights, "Dis_FR", f, "D_FR real");
  const realExpression = discriminate(weights, "Dis_ER", e, "D_ER real");
  const losses: Record<string, Tensor> = {
    D_FR_real: entropyOf(realIdentity.logits, identities),
    D_ER_real: entropyOf(realExpression.logits, expressions),
  };
  // 2. A face of f's identity with e's expression.
  const expressionOfE = express(e), identityOfF = identify(f);
  const generated = generate(identityOfF, expressionOfE, 0);
  // 3. The classifier alone learns from classes.
  const logits = classify(
    r,
    weights,
    "Gen.fc_ER",
    expressionOfE,
    masksOf("fc", weights, "Gen.fc_ER"),
  );
  losses.fc = entropyOf(logits, expressions);
  update("fc", losses.fc);
  // 4. and 5. The discriminators, every few steps.
  if (updates.D_FR) {
    const classes = (weights.get("Dis_FR.fc.fc3.bias") as Tensor).shape[0] as number;
    const fake = r.constant("fake", [batch, 1, 1], "u32", new Uint32Array(batch).fill(classes - 1));
    const judged = discriminate(weights, "Dis_FR", generated, "D_FR fake");
    losses.D_FR_fake = entropyOf(judged.logits, fake);
    losses.D_FR_total = add(r, losses.D_FR_real as Tensor, losses.D_FR_fake);
    update("D_FR", losses.D_FR_total);
  }
  if (updates.D_ER) update("D_ER", losses.D_ER_real as Tensor);
  // 6. The generator, through the discriminators as they are now.
  const asIdentity = discriminate(after, "Dis_FR", generated, "G_FR");
  const asExpression = discriminate(after, "Dis_ER", generated, "G_ER");
  const expressionOfG = express(generated);
  const ofIdentity = generate(identify(generated), express(f), 1);
  const ofExpression = generate(identify(e), expressionOfG, 2);
  losses.G_FR = entropyOf(asIdentity.logits, identities);
  losses.G_ER = entropyOf(asExpression.logits, expressions);
  losses.per_FR = squaredDifference(r, asIdentity.latent, realIdentity.latent);
  // Told, but not learnt from: its weight is 0.
  losses.per_ER = squaredDifference(r, expressionOfG, expressionOfE);
  losses.con_FR = meanOfAll(r, absoluteDifference(r, ofIdentity, f));
  losses.con_ER = meanOfAll(r, absoluteDifference(r, ofExpression, e));
  const weighed =
    ([[0.2, "G_FR"], [0.8, "G_ER"], [1, "per_FR"], [5, "con_FR"], [5, "con_ER"]] as const)
      .map(([weight, name]) => scale(r, losses[name] as Tensor, weight));
  losses.G_total = weighed.reduce((sum, term) => add(r, sum, term));
  update(
    "G_joint",
    sizes.trainEncoderByClasses ? add(r, losses.G_total, losses.fc) : losses.G_total,
  );

  const told = sizes.accuracyOf === "generated"
    ? classify(
      r,
      after,
      "Gen.fc_ER",
      expressionOfG,
      masksOf("reconstructed expression", weights, "Gen.fc_ER"),
    )
    : logits;

  const names = [...gradients.keys()];
  return {
    losses,
    /** `[B, 1, 1, K]`: what the accuracy is told of. */
    told,
    pictures: { generated, ofIdentity, ofExpression },
    names: names.map((name) => weights.get(name) as Tensor),
    gradients: [...gradients.values()],
  };
}

/** The mean of all numbers. */
export function meanOfAll(r: Recorder, x: Tensor): Tensor {
  return x.shape.length === 0 ? x : meanOfAll(r, mean(r, x, -1));
}

function squaredDifference(r: Recorder, a: Tensor, b: Tensor): Tensor {
  const difference = add(r, a, scale(r, b, -1));
  return meanOfAll(r, multiply(r, difference, difference));
}
