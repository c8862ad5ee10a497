import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, gelu, l2Normalize, matmul, mean, relu, scale, unfold } from "../../kernels/mod.ts";
import type { HeadWeights, LayerWeights } from "./head_weights.ts";

/** The factor of cosines before the classifier, as in training. */
export const temperature = 5;

/** The weight of class prompts in a decision, if they are used. */
const classShare = 0.3;

function linear(r: Recorder, x: Tensor, { w, bias }: LayerWeights): Tensor {
  return matmul(r, x, w, { bias });
}

/** Adapts the Action Units' texts `[A, d]`: `[A, d]`, not normalised. */
export function adaptTexts(r: Recorder, head: HeadWeights, texts: Tensor): Tensor {
  const hidden = relu(r, linear(r, texts, head["text_adapter.0"])); // [A, 512]
  return linear(r, hidden, head["text_adapter.2"]);
}

/**
 * Embeds clips of frame features `[B, T, d]`, as the image tower returns them, by the temporal module:
 * `[B, d]`, normalised. `observe` is called with the convolution `[B, T, d]`.
 */
export function embedClips(
  r: Recorder,
  head: HeadWeights,
  frames: Tensor,
  observe?: (convolved: Tensor) => void,
): Tensor {
  const convolved = linear(r, unfold(r, frames), head.temporal); // [B, T, d]
  observe?.(convolved);
  return l2Normalize(r, mean(r, gelu(r, convolved), 1)); // [B, d]
}

/** Cosines of normalised clips `[..., d]` and Action Units `[A, d]`: `[..., A]`. */
export function cosines(r: Recorder, clips: Tensor, units: Tensor): Tensor {
  return matmul(r, clips, units, { transposed: true });
}

/** Class logits `[..., C]` of similarities to Action Units `[..., A]`. */
export function classify(r: Recorder, head: HeadWeights, similarities: Tensor): Tensor {
  const hidden = relu(r, linear(r, similarities, head["temporal_classifier.0"])); // [..., 256]
  return linear(r, hidden, head["temporal_classifier.2"]);
}

/**
 * The decision: similarities `[..., A]` and logits `[..., C]`. With class texts `[C, d]`, not normalised,
 * the clips' similarities to these count as well.
 */
export function decide(
  r: Recorder,
  head: HeadWeights,
  clips: Tensor,
  units: Tensor,
  classTexts?: Tensor,
): { readonly similarities: Tensor; readonly logits: Tensor } {
  const similarities = scale(r, cosines(r, clips, units), temperature);
  const logits = classify(r, head, similarities);
  if (!classTexts) return { similarities, logits };
  const classes = cosines(r, clips, l2Normalize(r, classTexts)); // [..., C]
  return {
    similarities,
    logits: add(
      r,
      scale(r, logits, 1 - classShare),
      scale(r, classes, classShare * temperature),
    ),
  };
}
