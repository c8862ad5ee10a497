import type { Adaptation, AdaptOptions, ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import { softmax } from "../numbers/vectors.ts";
import type { NeutralMean } from "../model/clip_au/neutral.ts";
import { Centring } from "./centring.ts";
import type { TunedPrediction } from "../tta/clip_autt/tuning.ts";
import type { AnalysedWindow, Verdict, VideoDecider } from "./video_decider.ts";

/** Decides with CLIP-AUTT, window by window. */
export class TunedDecider implements VideoDecider<Adaptation> {
  readonly autt: ClipAutt;
  readonly centring: Centring;

  /**
   * Decides with what an adapter learns.
   *
   * @param neutral The person's resting face, for heads trained with `--centred`.
   * @param find Whether to find it where it is not known and the head can: not where nothing adapts.
   */
  constructor(autt: ClipAutt, neutral: NeutralMean | undefined, find = true) {
    this.autt = autt;
    this.centring = new Centring(autt.model.head, neutral, find);
  }

  async decide(features: Float32Array, options: AdaptOptions): Promise<Verdict<Adaptation>> {
    const { model, settings, reset } = this.autt;
    if (reset === "video") {
      this.autt.forget();
      this.centring.forget();
    }
    // The released code knows frames alone, and no times.
    const times = settings.mode === "official" ? undefined : options.times;
    const rest = this.centring.see(features);
    const decided = await this.autt.adapt(features, { ...options, times, rest });
    const length = Math.min(settings.window, features.length / model.clip.config.embedding);
    const placed = (prediction: TunedPrediction): TunedPrediction => ({
      ...prediction,
      start: prediction.starts.indexOf(prediction.start),
    });
    return {
      decided: { ...decided, before: placed(decided.before), after: placed(decided.after) },
      windows: windowsOf(decided, length),
    };
  }
}

function windowsOf({ before, after }: Adaptation, length: number): AnalysedWindow[] {
  const share = (prediction: TunedPrediction, window: number) => {
    const classes = prediction.windowLogits.length / prediction.windowEntropy.length;
    const logits = prediction.windowLogits.subarray(window * classes, (window + 1) * classes);
    return softmax(logits).map(Math.fround);
  };
  return Array.from(after.windowEntropy, (entropyAfter, window) => ({
    first: after.starts[window] ?? NaN,
    last: (after.starts[window] ?? NaN) + length - 1,
    before: share(before, window),
    after: share(after, window),
    entropyBefore: before.windowEntropy[window] ?? NaN,
    entropyAfter,
  }));
}
