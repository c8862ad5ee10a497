/** How prompts are tuned. The modes below are the two that have a name. */
export interface TuningSettings {
  readonly mode: string;
  /** Tuned vectors in front of each Action Unit's words. */
  readonly contextTokens: number;
  /** Of the first draw of these vectors. */
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
  readonly steps: number;
  readonly rate: number;
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
    keepWords: true,
    normalizeTexts: false,
    chooseBy: "logits",
    chooseEps: 0,
    keepMoments: true,
  },
  /** As the released code does it, to compare with. */
  official: {
    mode: "official",
    ...common,
    keepWords: false,
    normalizeTexts: true,
    chooseBy: "cosines",
    chooseEps: 1e-8,
    keepMoments: false,
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
}
