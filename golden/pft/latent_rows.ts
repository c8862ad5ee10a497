import { Adam } from "../../tta/pft/adam.ts";
import { measureSurvival } from "../../tta/pft/collapse_guard.ts";
import { FrozenClassifier } from "../../tta/pft/frozen_classifier.ts";
import { batchMoments } from "../../tta/pft/losses.ts";
import { adaptToPerson, gradeSource, gradeTarget, neutral } from "../../tta/pft/stages.ts";
import {
  copyWeights,
  parametersOf,
  translate,
  type TranslatorWeights,
} from "../../tta/pft/translator.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import {
  classifierWeights,
  comparePart,
  type Numbers,
  numbersIn,
  type PftTolerances,
  readNumbers,
  type Rows,
} from "./pft_set.ts";

/** The settings of the part. */
interface Facts {
  readonly lr: number;
  readonly lr_early_stop: number;
  readonly w_style: number;
  readonly w_neutral: number;
  readonly patience: number;
}

/** Compares latent PFT: both stages step by step, the early stop, the guard and the baseline. */
export async function compareLatent(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { facts } = await set.json<PftTolerances<Facts>>("latent_tolerances.json");
  using file = await set.tensors("latent_inputs.safetensors");
  const inputs = await readNumbers(file), rows: Rows = new Map();
  const stepsOf = (name: string) => {
    const [steps = 0, batch = 0] = file.tensors.get(name)?.shape ?? [];
    return { steps, batch };
  };
  const classifier = new FrozenClassifier(classifierWeights(inputs));
  const pick = (name: string, places: Iterable<number>) =>
    pickRows(numbersIn(inputs, name), classifier.width, places);
  const places = (name: string, step: number) => {
    const { batch } = stepsOf(name);
    return numbersIn(inputs, name).subarray(step * batch, (step + 1) * batch);
  };

  const labels = numbersIn(inputs, "subject2.labels");
  runSteps("source", translatorOf(inputs, "T0"), stepsOf("source.batch2").steps, {
    rows,
    classifier,
    rate: facts.lr,
    features: (step) => pick("subject2.features", places("source.batch2", step)),
    grade: (weights, features, step) => {
      const { loss, gradients } = gradeSource(classifier, weights, {
        features,
        labels: places("source.batch2", step).map((place) => labels[place] as number),
        donor: pick("subject1.features", places("source.batch1", step)),
      }, facts.w_style);
      const { crossEntropy, consistency, style, total } = loss;
      return { losses: [crossEntropy, consistency, style, total], gradients };
    },
  });
  const start = translatorOf(inputs, "T1");
  runSteps("target", start, stepsOf("target.batch").steps, {
    rows,
    classifier,
    rate: facts.lr,
    features: (step) => pick("target.neutral", places("target.batch", step)),
    grade: (weights, features) => {
      const { loss, gradients } = gradeTarget(classifier, weights, features, facts.w_neutral);
      return { losses: [loss.consistency, loss.neutral, loss.total], gradients };
    },
  });

  const { steps: epochs } = stepsOf("target.epochs"), { batch } = stepsOf("target.batch");
  const adapted = adaptToPerson(
    classifier,
    start,
    Array.from({ length: epochs }, (_, epoch) => {
      const order = places("target.epochs", epoch);
      return Array.from(
        { length: Math.ceil(order.length / batch) },
        (_, i) => pick("target.neutral", order.subarray(i * batch, (i + 1) * batch)),
      );
    }),
    numbersIn(inputs, "target.holdout"),
    {
      learningRate: facts.lr_early_stop,
      neutralWeight: facts.w_neutral,
      patience: facts.patience,
    },
  );
  rows.set("early.holdout", adapted.heldOut);
  rows.set("early.epochs", [adapted.bestEpoch, adapted.heldOut.length - 1]);
  setWeights(rows, "early.best", adapted.weights);

  const probes = {
    features: numbersIn(inputs, "probes.features"),
    labels: numbersIn(inputs, "probes.labels"),
  };
  const survival = measureSurvival(classifier, adapted.weights, probes);
  rows.set(
    "guard.table",
    survival.flatMap(({ expressive, confidence, accuracy }) => [expressive, confidence, accuracy]),
  );
  const translated = (features: Float64Array) =>
    classifier.logits(translate(adapted.weights, features).features);
  rows.set("guard.logits", translated(probes.features));
  const test = numbersIn(inputs, "target.test");
  rows.set("test.logits_source", classifier.logits(test));
  rows.set("test.logits_pft", translated(test));
  const atRest = [...labels.keys()].filter((place) => labels[place] === neutral);
  const own = batchMoments(numbersIn(inputs, "target.neutral"), classifier.width).mean;
  const sources = batchMoments(pick("subject2.features", atRest), classifier.width).mean;
  const { width } = classifier;
  rows.set(
    "test.logits_mean_subtraction",
    classifier.logits(
      test.map((x, i) => x - ((own[i % width] as number) - (sources[i % width] as number))),
    ),
  );
  await comparePart(set, "latent", rows, report);
}

/** Runs a stage of which every step is given, and keeps what the set has of it. */
function runSteps(
  stage: string,
  start: TranslatorWeights,
  steps: number,
  { rows, classifier, rate, features, grade }: {
    readonly rows: Rows;
    readonly classifier: FrozenClassifier;
    readonly rate: number;
    readonly features: (step: number) => Float64Array;
    readonly grade: (weights: TranslatorWeights, features: Float64Array, step: number) => {
      readonly losses: readonly number[];
      readonly gradients: TranslatorWeights;
    };
  },
): void {
  const weights = copyWeights(start), parameters = parametersOf(weights);
  const adam = new Adam(parameters, rate), losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const x = features(step);
    if (step === 0) {
      const translated = translate(weights, x).features;
      rows.set(`${stage}.forward.T`, translated);
      rows.set(`${stage}.forward.logits`, classifier.logits(translated));
      rows.set(`${stage}.forward.logits_frozen`, classifier.logits(x));
    }
    const graded = grade(weights, x, step);
    losses.push(...graded.losses);
    setWeights(rows, `${stage}.step${step + 1}.grad`, graded.gradients);
    adam.step(parameters, parametersOf(graded.gradients));
    setWeights(rows, `${stage}.step${step + 1}`, copyWeights(weights));
  }
  rows.set(`${stage}.losses`, losses);
}

function translatorOf(inputs: Numbers, name: string): TranslatorWeights {
  const of = (key: string) => numbersIn(inputs, `${name}.${key}`);
  return {
    firstWeight: of("fc1.weight"),
    firstBias: of("fc1.bias"),
    secondWeight: of("fc2.weight"),
    secondBias: of("fc2.bias"),
  };
}

function setWeights(rows: Rows, name: string, weights: TranslatorWeights): void {
  rows.set(`${name}.fc1.weight`, weights.firstWeight);
  rows.set(`${name}.fc1.bias`, weights.firstBias);
  rows.set(`${name}.fc2.weight`, weights.secondWeight);
  rows.set(`${name}.fc2.bias`, weights.secondBias);
}

function pickRows(matrix: Float64Array, width: number, places: Iterable<number>): Float64Array {
  return Float64Array.from(
    [...places].flatMap((row) => [...matrix.subarray(row * width, (row + 1) * width)]),
  );
}
