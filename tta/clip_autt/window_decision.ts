import type { Recorder, Tensor } from "../../engine/mod.ts";
import { argmin, entropy, gatherRows, l2Normalize } from "../../kernels/mod.ts";
import { adaptTexts, classify, cosines, decide } from "../../model/clip_au/head.ts";
import type { HeadWeights } from "../../model/clip_au/head_weights.ts";
import type { TuningSettings } from "./tuning_settings.ts";

/** The tensors of a forward pass, from the texts to the decision. */
export interface WindowDecision {
  readonly [name: string]: Tensor | Tensor<"u32">;
  /** `[A, d]`: the Action Units' texts, as the text tower gives them. */
  readonly texts: Tensor;
  /** `[A, d]`: the text adapter's outputs. */
  readonly adapted: Tensor;
  /** `[A, d]`: the same at unit length. */
  readonly units: Tensor;
  /** `[B, W, A]` and `[B, W, C]`: what windows are chosen by. */
  readonly windowSimilarities: Tensor;
  readonly windowLogits: Tensor;
  /** `[B, W]` */
  readonly windowEntropy: Tensor;
  /** `[B]`: the chosen windows' indices over all clips. */
  readonly chosen: Tensor<"u32">;
  /** `[B, d]`: their embeddings. */
  readonly embedding: Tensor;
  /** `[B, A]` */
  readonly similarities: Tensor;
  /** `[B, C]` */
  readonly logits: Tensor;
  /** `[B]` */
  readonly entropy: Tensor;
}

/**
 * Chooses each clip's most confident window and decides on it. `windows` `[B, W, d]` are embedded,
 * `texts` `[A, d]` are the Action Units' and `classTexts` `[C, d]` the classes'. No gradient flows
 * through the choice.
 */
export function decideByWindow(
  r: Recorder,
  head: HeadWeights,
  settings: TuningSettings,
  texts: Tensor,
  windows: Tensor,
  classTexts?: Tensor,
): WindowDecision {
  const given = settings.normalizeTexts ? l2Normalize(r, texts) : texts;
  const adapted = adaptTexts(r, head, given); // [A, d]
  const units = l2Normalize(r, adapted);
  const { similarities: windowSimilarities, logits: windowLogits } = settings.chooseBy === "logits"
    ? decide(r, head, windows, units, classTexts)
    : byCosines(r, head, windows, units);
  const windowEntropy = entropy(r, windowLogits, { eps: settings.chooseEps }); // [B, W]
  const chosen = argmin(r, windowEntropy); // [B]
  const embedding = gatherRows(r, windows, chosen); // [B, d]
  const { similarities, logits } = decide(r, head, embedding, units, classTexts);
  return {
    texts,
    adapted,
    units,
    windowSimilarities,
    windowLogits,
    windowEntropy,
    chosen,
    embedding,
    similarities,
    logits,
    entropy: entropy(r, logits),
  };
}

function byCosines(r: Recorder, head: HeadWeights, windows: Tensor, units: Tensor) {
  const similarities = cosines(r, windows, units);
  return { similarities, logits: classify(r, head, similarities) };
}
