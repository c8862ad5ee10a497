import type { Recorder, Tensor } from "../../engine/mod.ts";
import { add, gelu, l2Normalize, matmul, mean, relu, scale, unfold } from "../../kernels/mod.ts";
import type { HeadWeights, LayerWeights } from "./head_weights.ts";

/** What cosines are multiplied with before the classifier: the weights were trained so. */
export const temperature = 5;

/** How much class prompts count in a decision, where they are asked. */
const classShare = 0.3;

function linear(r: Recorder, x: Tensor, { w, bias }: LayerWeights): Tensor {
  return matmul(r, x, w, { bias });
}

/** Texts of Action Units `[A, d]` through the text adapter: `[A, d]`, not at unit length. */
export function adaptTexts(r: Recorder, head: HeadWeights, texts: Tensor): Tensor {
  const hidden = relu(r, linear(r, texts, head["text_adapter.0"])); // [A, 512]
  return linear(r, hidden, head["text_adapter.2"]);
}

/**
 * Frames' features `[B, T, d]`, as the image tower gives them, through the temporal module: clips
 * `[B, d]` at unit length. `observe` is shown the convolution `[B, T, d]`.
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

/** Cosines of clips `[..., d]` and Action Units `[A, d]`, all at unit length: `[..., A]`. */
export function cosines(r: Recorder, clips: Tensor, units: Tensor): Tensor {
  return matmul(r, clips, units, { transposed: true });
}

/** Similarities to Action Units `[..., A]` to logits of classes `[..., C]`. */
export function classify(r: Recorder, head: HeadWeights, similarities: Tensor): Tensor {
  const hidden = relu(r, linear(r, similarities, head["temporal_classifier.0"])); // [..., 256]
  return linear(r, hidden, head["temporal_classifier.2"]);
}

/**
 * The decision: similarities `[..., A]` and logits `[..., C]`. With texts of classes `[C, d]`, not at
 * unit length, the clips' similarities to these count as well.
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
