import type { Lesson } from "../../model/dsfda/pretraining_step.ts";
import { dsfdaStages } from "../../model/dsfda/trainer.ts";

/** Whether to do as the release does, or without what is wrong in it. */
export const dsfdaProtocols = ["fixed", "official"] as const;
export type DsfdaProtocol = typeof dsfdaProtocols[number];

/** How a stage of DSFDA learns. */
export interface DsfdaSettings {
  readonly protocol: DsfdaProtocol;
  /** Every how many steps each discriminator is updated. */
  readonly gaps: { readonly D_FR: number; readonly D_ER: number };
  readonly rate: number;
  /** Faces of either kind in a step. */
  readonly batch: number;
  /** Steps of an epoch; by default as many as there are whole batches. */
  readonly steps?: number | undefined;
  readonly epochs: number;
  /** Stops after so many epochs without a better one. */
  readonly patience?: number | undefined;
  /** Slows down after so many epochs without a smaller loss. */
  readonly plateau?: number | undefined;
  readonly seed: number;
  /** The share that the heads' dropout drops: the authors' 0.5 keeps narrow heads from learning at all. */
  readonly dropout: number;
  /** What colours are divided by in training. */
  readonly most: number;
  readonly accuracyOf: "real" | "generated";
  readonly trainEncoderByClasses?: boolean;
  /** What each network learns by itself first; the release lets all begin together. */
  readonly pretraining?: Pretraining | undefined;
}

/** How long each lesson takes, and how fast it is learnt. */
export type Pretraining =
  & { readonly [lesson in Lesson]: { readonly steps: number; readonly batch: number } }
  & { readonly rate: number };

/**
 * What the release does in training and is not repeated unless asked for: it divides colours by 255
 * twice, though once where it validates, so that the encoders see next to nothing, and it tells the
 * accuracy of training on generated faces.
 */
const protocols = {
  fixed: { most: 255, accuracyOf: "real" },
  official: { most: 255 ** 2, accuracyOf: "generated" },
} as const;

/** The settings of a stage as released, but for what is changed. */
export function dsfdaSettings(
  stage: "source" | "target",
  protocol: DsfdaProtocol,
  changed: Partial<Omit<DsfdaSettings, "protocol" | "most" | "accuracyOf">> = {},
): DsfdaSettings {
  const stops = { source: {}, target: { patience: 5, plateau: 5 } }[stage];
  return {
    ...dsfdaStages[stage],
    ...{ batch: 20, epochs: stage === "source" ? 100 : 25, seed: 1999, dropout: 0.5 },
    ...stops,
    ...changed,
    protocol,
    ...protocols[protocol],
  };
}

/**
 * The cross-entropy of faces held out. The release divides the sum of the batches' means by one less
 * than their number, so that one batch alone gives infinity.
 */
export function heldLoss(protocol: DsfdaProtocol, told: {
  readonly loss: number;
  readonly losses: readonly number[];
}): number {
  if (protocol === "fixed") return told.loss;
  return told.losses.reduce((sum, loss) => sum + loss, 0) / (told.losses.length - 1);
}
