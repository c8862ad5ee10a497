import { type Device, record, type Recorder, type Tensor } from "../../engine/mod.ts";
import { adamwCorrection, add, layerNorm, matmul } from "../../kernels/mod.ts";
import type { Rng } from "../../numbers/rng.ts";
import { drawPlaces, takeRows } from "./batches.ts";
import { type ClassifierWeights, FrozenClassifier } from "./frozen_classifier.ts";
import { batchMoments, crossEntropy } from "./losses.ts";
import { recordAdam, recordCrossEntropy } from "./record_translator.ts";

/** Labelled rows `[N, width]`, standardised. */
export interface LabelledRows {
  readonly features: Float64Array;
  readonly labels: ArrayLike<number>;
}

/** Steps of Adam: at most so many passes, and so many without a lower loss on the people held out. */
const rate = 1e-3, epochs = 30, patience = 5, batchRows = 64;

/** A pass over few rows goes over them several times, to be worth looking at the people held out. */
const fewestSteps = 50;

/** Rows that the statistics of the normalization are computed from, at most. */
const mostRows = 4000;

const names = ["bottleneck", "directions", "bias"] as const;

/**
 * Trains the bottleneck and the classes behind the translator by cross-entropy. In training each batch
 * is normalised by itself; afterwards by the statistics of all rows. The normalization's own scale and
 * shift stay 1 and 0: the layer behind it is linear, so they would add nothing.
 */
export async function trainClassifier(
  device: Device,
  train: LabelledRows,
  held: LabelledRows,
  { width, classes, rng, signal }: {
    readonly width: number;
    readonly classes: number;
    readonly rng: Rng;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ClassifierWeights> {
  const inner = Math.max(2, width >> 1), rows = train.labels.length;
  const batch = Math.min(batchRows, rows);
  const spread = Math.sqrt(2 / (width + inner)), most = 1 / Math.sqrt(inner);
  const start = [
    Float32Array.from({ length: inner * width }, () => spread * rng.normal()),
    Float32Array.from({ length: classes * inner }, () => most * (2 * rng.uniform() - 1)),
    Float32Array.from({ length: classes }, () => most * (2 * rng.uniform() - 1)),
  ];
  using plan = await record(device, (r) => recordStep(r, { width, inner, classes, batch }));
  for (const [i, name] of names.entries()) {
    const numbers = start[i] as Float32Array<ArrayBuffer>;
    plan.write(name, numbers);
    // A buffer may hold what somebody left in it.
    for (const moment of ["m.", "v."]) plan.write(moment + name, new Float32Array(numbers.length));
  }
  const seen = takeRows(train.features, width, drawPlaces(rows, Math.min(rows, mostRows), rng));
  let best: ClassifierWeights | undefined, least = Infinity, bestEpoch = 0, step = 0;
  for (let epoch = 1; epoch <= epochs && epoch - bestEpoch <= patience; epoch++) {
    const order = drawPlaces(rows, batch * Math.max(fewestSteps, Math.ceil(rows / batch)), rng);
    for (let at = 0; at < order.length; at += batch) {
      const places = order.slice(at, at + batch);
      plan.write("features", Float32Array.from(takeRows(train.features, width, places)));
      plan.write("labels", Uint32Array.from(places, (place) => train.labels[place] as number));
      plan.write("correction", adamwCorrection(++step));
      plan.run();
    }
    const read = await device.read(names.map((name) => plan.inputs.get(name) as Tensor));
    const [bottleneck, directions, bias] = read.map((one) => Float64Array.from(one));
    signal?.throwIfAborted();
    const own = withStatistics(seen, { bottleneck, directions, bias } as TrainedLayers, width);
    const logits = new FrozenClassifier(own).logits(Float64Array.from(held.features));
    const { value } = crossEntropy(logits, held.labels, classes);
    if (value < least || !best) [best, least, bestEpoch] = [own, value, epoch];
  }
  return best as ClassifierWeights;
}

type TrainedLayers = Readonly<Record<typeof names[number], Float64Array<ArrayBuffer>>>;

function withStatistics(
  rows: Float64Array,
  { bottleneck, directions, bias }: TrainedLayers,
  width: number,
): ClassifierWeights {
  const inner = bottleneck.length / width, count = rows.length / width;
  const projected = new Float64Array(count * inner);
  for (let n = 0; n < count; n++) {
    for (let j = 0; j < inner; j++) {
      let sum = 0;
      for (let d = 0; d < width; d++) {
        sum += (bottleneck[j * width + d] as number) * (rows[n * width + d] as number);
      }
      projected[n * inner + j] = sum;
    }
  }
  const { mean, variance } = batchMoments(projected, inner);
  return {
    bottleneckWeight: bottleneck,
    bottleneckBias: new Float64Array(inner),
    normWeight: new Float64Array(inner).fill(1),
    normBias: new Float64Array(inner),
    runningMean: mean,
    runningVariance: variance,
    classBias: bias,
    classDirections: directions,
    classLengths: Float64Array.from(
      { length: bias.length },
      (_, k) => Math.hypot(...directions.subarray(k * inner, (k + 1) * inner)),
    ),
  };
}

/**
 * Normalising over a batch is normalising the columns of its transpose, which layer norm does; a product
 * with the identity turns the logits back.
 */
function recordStep(
  r: Recorder,
  { width, inner, classes, batch }: Readonly<
    Record<"width" | "inner" | "classes" | "batch", number>
  >,
) {
  const shapes = { bottleneck: [inner, width], directions: [classes, inner], bias: [classes] };
  const parameters = names.map((name) => ({
    p: r.input(name, shapes[name]),
    m: r.input(`m.${name}`, shapes[name]),
    v: r.input(`v.${name}`, shapes[name]),
  }));
  const [bottleneck, directions, bias] = parameters.map(({ p }) => p) as [Tensor, Tensor, Tensor];
  const ones = r.constant("ones", [batch], "f32", new Float32Array(batch).fill(1));
  const zeros = r.constant("zeros", [batch], "f32", new Float32Array(batch));
  const identity = Float32Array.from(
    { length: batch * batch },
    (_, i) => Number(i % batch === Math.floor(i / batch)),
  );
  const features = r.input("features", [batch, width]);
  const columns = matmul(r, bottleneck, features, { transposed: true }); // [inner, batch]
  const turned = matmul(r, directions, layerNorm(r, columns, ones, zeros)); // [classes, batch]
  const logits = matmul(r, r.constant("identity", [batch, batch], "f32", identity), turned, {
    transposed: true,
  });
  const labels = r.input("labels", [batch], "u32");
  const loss = recordCrossEntropy(r, add(r, logits, bias), labels);
  return { loss, gradients: recordAdam(r, loss, parameters, rate) };
}
