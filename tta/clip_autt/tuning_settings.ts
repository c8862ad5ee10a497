/** How prompts are tuned. The modes below are those that have a name. */
export interface TuningSettings {
  /** Its name in outputs. */
  readonly mode: string;
  /** Tuned vectors for each Action Unit. */
  readonly contextTokens: number;
  /**
   * Where these go: in front of the words, beginning with a random draw; or onto the first words,
   * beginning with nothing: then the first step finds what the model finds without any tuning.
   */
  readonly place: "before words" | "on words";
  /** Of the first draw of vectors before words. */
  readonly seed: number;
  /** Whether the words stay in the prompt. Without them only the place that is read tells units apart. */
  readonly keepWords: boolean;
  /** Whether tuned texts go to the text adapter at unit length; it was trained on them as they are. */
  readonly normalizeTexts: boolean;
  /** Frames of a window. A shorter clip is one window. */
  readonly window: number;
  /** Windows are chosen by the logits of the decision, or by those of bare cosines. */
  readonly chooseBy: "logits" | "cosines";
  /** Added to probabilities in the entropy that windows are chosen by. */
  readonly chooseEps: number;
  /** What steps see of a clip: the window that is chosen, or all of its frames. */
  readonly tuneOn: "window" | "clip";
  /**
   * What steps make small: the decisions' entropy; or that and how far the mean decision over all
   * clips is from a prior, so that certainty alone can't drive them all into one class.
   */
  readonly loss: "entropy" | "information";
  /** The share that each class is expected to have, for `information`; even shares if left out. */
  readonly prior?: readonly number[];
  /** Of tuning, for each video. */
  readonly steps: number;
  /** AdamW's rate of learning. */
  readonly rate: number;
  /** AdamW's decay of the vectors. */
  readonly decay: number;
  /** One AdamW for all the steps of a video, or a new one for each: then a step only goes by signs. */
  readonly keepMoments: boolean;
}

const common = { contextTokens: 4, seed: 1999, window: 16, steps: 10, rate: 1e-3, decay: 1e-4 };

/** The named modes. */
export const tuningModes = {
  /** As the paper tells it: words kept, read at their end, one temperature, one optimiser a video. */
  paper: {
    mode: "paper",
    ...common,
    place: "before words",
    keepWords: true,
    normalizeTexts: false,
    chooseBy: "logits",
    chooseEps: 0,
    tuneOn: "window",
    loss: "entropy",
    keepMoments: true,
  },
  /** As the released code does it, to compare with. */
  official: {
    mode: "official",
    ...common,
    place: "before words",
    keepWords: false,
    normalizeTexts: true,
    chooseBy: "cosines",
    chooseEps: 1e-8,
    tuneOn: "window",
    loss: "entropy",
    keepMoments: false,
  },
  /**
   * For all of a person's clips together: certain on each, and not of one class on all. What it
   * begins with is the model as it is.
   */
  subject: {
    mode: "subject",
    ...common,
    rate: 1e-2,
    place: "on words",
    keepWords: true,
    normalizeTexts: false,
    chooseBy: "logits",
    chooseEps: 0,
    tuneOn: "clip",
    loss: "information",
    keepMoments: true,
  },
} as const satisfies Readonly<Record<string, TuningSettings>>;

/** Throws where a setting makes no sense, naming it. */
export function checkSettings(settings: TuningSettings): void {
  const whole: Partial<TuningSettings> = {
    contextTokens: settings.contextTokens,
    window: settings.window,
    steps: settings.steps,
    seed: settings.seed,
  };
  for (const [name, value] of Object.entries(whole)) {
    const least = name === "steps" || name === "seed" ? 0 : 1;
    if (!Number.isInteger(value) || Number(value) < least) {
      throw new RangeError(
        `Cannot tune with ${name} ${value}: wanted a whole number from ${least} on`,
      );
    }
  }
  if (!(settings.decay >= 0 && settings.decay < 1)) {
    throw new RangeError(`Cannot tune with decay ${settings.decay}: wanted one from 0 to below 1`);
  }
  if (!(settings.rate > 0 && settings.rate < 1)) {
    throw new RangeError(`Cannot tune with rate ${settings.rate}: wanted one between 0 and 1`);
  }
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
