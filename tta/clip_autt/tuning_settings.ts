import { checkNumbers } from "../check_numbers.ts";

/** How prompts are tuned. `tuningModes` has the named ones. */
export interface TuningSettings {
  /** The name shown in outputs. */
  readonly mode: string;
  /** The number of tuned vectors per Action Unit. */
  readonly contextTokens: number;
  /**
   * Where they go: in front of the words, starting from a random draw; or added to the first words,
   * starting from zero, so that the first step sees the untuned model.
   */
  readonly place: "before words" | "on words";
  /** The seed of the initial vectors, for those in front of the words. */
  readonly seed: number;
  /** Whether prompts keep their words. Without them only the read position differs between units. */
  readonly keepWords: boolean;
  /** Whether texts are normalised before the text adapter, which was trained on unnormalised ones. */
  readonly normalizeTexts: boolean;
  /** The number of frames of a window. A shorter clip is one window. */
  readonly window: number;
  /** Whether windows are chosen by the decision's logits or by those of unscaled cosines. */
  readonly chooseBy: "logits" | "cosines";
  /** Added to probabilities in the entropy used to choose windows. */
  readonly chooseEps: number;
  /** What steps use of a clip: the chosen window, or all frames. */
  readonly tuneOn: "window" | "clip";
  /**
   * What steps minimise: the decisions' entropy; or that plus the divergence of the mean decision
   * over all clips from a prior, which keeps the predictions balanced across clips.
   */
  readonly loss: "entropy" | "information";
  /** The expected share of each class, for `information`; equal shares by default. */
  readonly prior?: readonly number[];
  /** Tuning steps per video. */
  readonly steps: number;
  /** AdamW's learning rate. */
  readonly rate: number;
  /** AdamW's weight decay. */
  readonly decay: number;
  /** Whether AdamW's moments last from step to step. If not, a step follows the gradient's signs only. */
  readonly keepMoments: boolean;
}

const common = {
  contextTokens: 4,
  seed: 1999,
  window: 16,
  steps: 10,
  rate: 1e-3,
  decay: 1e-4,
  place: "before words",
  keepWords: true,
  normalizeTexts: false,
  chooseBy: "logits",
  chooseEps: 0,
  tuneOn: "window",
  loss: "entropy",
  keepMoments: true,
} as const;

/** The named modes. */
export const tuningModes = {
  /** As in the paper: words kept, read at their end, one temperature, one optimiser per video. */
  paper: { mode: "paper", ...common },
  /** As in the released code, for comparison. */
  official: {
    mode: "official",
    ...common,
    keepWords: false,
    normalizeTexts: true,
    chooseBy: "cosines",
    chooseEps: 1e-8,
    keepMoments: false,
  },
  /**
   * For all of a person's clips together: confident on each clip while keeping the predictions
   * balanced across clips. It starts from the untuned model.
   */
  subject: {
    mode: "subject",
    ...common,
    rate: 1e-2,
    place: "on words",
    tuneOn: "clip",
    loss: "information",
  },
} as const satisfies Readonly<Record<string, TuningSettings>>;

/** Throws if a setting is invalid, and names it. */
export function checkSettings(settings: TuningSettings): void {
  checkNumbers(
    settings,
    {
      "a whole number from 1 on": ["contextTokens", "window"],
      "a whole number from 0 on": ["steps", "seed"],
      "one from 0 to below 1": ["decay"],
      "one between 0 and 1": ["rate"],
    },
    (name, wanted) =>
      new RangeError(`Cannot tune with ${name} ${settings[name]}: wanted ${wanted}`),
  );
  if (settings.place === "on words" && !settings.keepWords) {
    throw new TypeError("Cannot tune vectors on words that are left out: keep the words");
  }
  const { prior } = settings;
  const sum = prior?.reduce((total, share) => total + share, 0) ?? 1;
  if (prior && !(prior.every((share) => share > 0) && Math.abs(sum - 1) < 1e-3)) {
    throw new RangeError(
      `Cannot tune towards the shares ${prior.join(", ")}: wanted some above 0 that add up to 1`,
    );
  }
}
