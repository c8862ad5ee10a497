import type { Recorder, Tensor } from "../../engine/mod.ts";
import {
  adamw,
  adamwDefaults,
  add,
  crossEntropy,
  grad,
  matmul,
  mean,
  multiply,
  relu,
  scale,
} from "../../kernels/mod.ts";
import type { FrozenClassifier } from "./frozen_classifier.ts";

/** A translator's parameters on the device, in the optimizer's order: first weight and bias, then second. */
export type TranslatorTensors = readonly [Tensor, Tensor, Tensor, Tensor];

/** The names of their inputs; with `m.` and `v.` before them those of the moments. */
export const parameterNames = [
  "first.weight",
  "first.bias",
  "second.weight",
  "second.bias",
] as const;

/** Records a translator's parameters, or moments of them, as inputs. */
export function translatorInputs(
  r: Recorder,
  width: number,
  hidden: number,
  prefix = "",
): TranslatorTensors {
  const [first, firstBias, second, secondBias] = parameterNames;
  return [
    r.input(prefix + first, [hidden, width]),
    r.input(prefix + firstBias, [hidden]),
    r.input(prefix + second, [width, hidden]),
    r.input(prefix + secondBias, [width]),
  ];
}

/** Features `[N, D]` plus the answer of two layers with a ReLU between them. */
export function recordTranslation(
  r: Recorder,
  [first, firstBias, second, secondBias]: TranslatorTensors,
  x: Tensor,
): Tensor {
  const hidden = relu(r, matmul(r, x, first, { transposed: true, bias: firstBias }));
  return matmul(r, hidden, second, { transposed: true, bias: secondBias, residual: x });
}

/** Logits `[N, C]` by the classifier, which is never changed. */
export function recordLogits(r: Recorder, classifier: FrozenClassifier, x: Tensor): Tensor {
  const { matrix, bias, classes, width } = classifier;
  const weight = r.constant("classifier", [classes, width], "f32", Float32Array.from(matrix));
  const shift = r.constant("classes", [classes], "f32", Float32Array.from(bias));
  return matmul(r, x, weight, { transposed: true, bias: shift });
}

/** The mean squared difference of two tensors of one shape, over all numbers. */
export function recordDistance(r: Recorder, a: Tensor, b: Tensor): Tensor {
  const apart = add(r, a, scale(r, b, -1));
  return overAll(r, multiply(r, apart, apart));
}

/**
 * How far features `[N, D]` are from a donor's in the mean and the unbiased variance of each column.
 * Rows less their mean are a product with a constant matrix, so that nothing cancels.
 */
export function recordStyle(
  r: Recorder,
  x: Tensor,
  donor: { readonly mean: Tensor; readonly variance: Tensor },
): Tensor {
  const [rows = 0] = x.shape;
  const centring = Float32Array.from(
    { length: rows * rows },
    (_, i) => Number(i % rows === Math.floor(i / rows)) - 1 / rows,
  );
  const moved = matmul(r, r.constant("centring", [rows, rows], "f32", centring), x);
  const variance = scale(r, mean(r, multiply(r, moved, moved), 0), rows / (rows - 1));
  return add(
    r,
    recordDistance(r, mean(r, x, 0), donor.mean),
    recordDistance(r, variance, donor.variance),
  );
}

/** The mean cross-entropy of logits `[N, C]` with a label for each row. */
export function recordCrossEntropy(r: Recorder, logits: Tensor, labels: Tensor<"u32">): Tensor {
  return mean(r, crossEntropy(r, logits, labels), 0);
}

/** Records the step of Adam that lowers a loss; the next run starts from its results. */
export function recordAdam(
  r: Recorder,
  loss: Tensor,
  parameters: readonly { readonly p: Tensor; readonly m: Tensor; readonly v: Tensor }[],
  rate: number,
): Tensor[] {
  const correction = r.input("correction", [2]);
  const gradients = grad(r, loss, parameters.map(({ p }) => p));
  for (const [i, { p, m, v }] of parameters.entries()) {
    const g = gradients[i] as Tensor, attrs = { ...adamwDefaults, rate, decay: 0 };
    const next = adamw(r, { p, g, m, v, correction }, attrs);
    r.assign(p, next.p);
    r.assign(m, next.m);
    r.assign(v, next.v);
  }
  return gradients;
}

function overAll(r: Recorder, x: Tensor): Tensor {
  return x.shape.length === 0 ? x : overAll(r, mean(r, x, -1));
}
