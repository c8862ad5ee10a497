import assert from "node:assert/strict";
import { Rng } from "../numbers/rng.ts";
import { acceptedScale, measureSurvival } from "../tta/pft/collapse_guard.ts";
import { FrozenClassifier } from "../tta/pft/frozen_classifier.ts";
import { adaptToPerson, gradeSource, gradeTarget } from "../tta/pft/stages.ts";
import {
  copyWeights,
  newTranslator,
  parametersOf,
  translate,
  type TranslatorWeights,
} from "../tta/pft/translator.ts";

const width = 6, hidden = 5, inner = 4, classes = 3;
const rng = new Rng(3);
const drawn = (length: number) => Float64Array.from({ length }, () => rng.normal());

const classifier = new FrozenClassifier({
  bottleneckWeight: drawn(inner * width),
  bottleneckBias: drawn(inner),
  normWeight: drawn(inner),
  normBias: drawn(inner),
  runningMean: drawn(inner),
  runningVariance: drawn(inner).map((x) => 0.5 + x ** 2),
  classBias: drawn(classes),
  classLengths: drawn(classes).map(Math.abs),
  classDirections: drawn(classes * inner),
});

/** Weights whose second layer isn't zero. */
const weights = newTranslator(width, hidden, rng);
weights.secondWeight.set(drawn(width * hidden));

/** Compares gradients with the loss's own slope, parameter by parameter. */
function checkGradients(
  grade: (of: TranslatorWeights) => {
    readonly loss: { readonly total: number };
    readonly gradients: TranslatorWeights;
  },
): void {
  const gradients = parametersOf(grade(weights).gradients), by = 1e-5;
  for (const [p, parameter] of parametersOf(weights).entries()) {
    for (let i = 0; i < parameter.length; i++) {
      const [less, more] = [-by, by].map((step) => {
        const moved = copyWeights(weights), own = parametersOf(moved)[p] as Float64Array;
        own[i] = (own[i] as number) + step;
        return grade(moved).loss.total;
      });
      const slope = ((more as number) - (less as number)) / (2 * by);
      const gradient = gradients[p]?.[i] as number;
      assert.ok(
        Math.abs(slope - gradient) < 1e-6 * (1 + Math.abs(slope)),
        `parameter ${p}, ${i}: ${gradient} for a slope of ${slope}`,
      );
    }
  }
}

Deno.test("both stages' gradients are the slopes of their losses", () => {
  const batch = {
    features: drawn(7 * width),
    labels: [0, 1, 2, 2, 1, 0, 1],
    donor: drawn(5 * width),
  };
  checkGradients((of) => gradeSource(classifier, of, batch, 0.7));
  checkGradients((of) => gradeTarget(classifier, of, batch.features, 0.1));
});

Deno.test("a new translator leaves features as they are", () => {
  const features = drawn(4 * width), start = newTranslator(width, hidden, rng);
  assert.deepEqual(translate(start, features).features, features);
  assert.deepEqual(translate(weights, features, 0).features, features);
  assert.notDeepEqual(translate(weights, features).features, features);
  const { loss } = gradeTarget(classifier, start, features, 0.1);
  assert.equal(loss.consistency, 0);
});

Deno.test("a batch of one has no style to compare, and that is said", () => {
  const features = drawn(2 * width), labels = [0, 1];
  assert.throws(
    () => gradeSource(classifier, weights, { features, labels, donor: drawn(width) }, 1),
    { message: "Cannot compare styles: the donor's batch has 1 rows, and a variance needs 2" },
  );
});

Deno.test("the weights that did best on the clips held out are returned, the start among them", () => {
  const heldOut = drawn(4 * width), start = newTranslator(width, hidden, rng);
  const epochs = Array.from({ length: 40 }, () => [drawn(3 * width)]);
  const settings = { neutralWeight: 0.1, patience: 4 };
  const slow = adaptToPerson(classifier, start, [[heldOut], [heldOut]], heldOut, {
    ...settings,
    learningRate: 1e-4,
  });
  assert.equal(slow.bestEpoch, 2);
  assert.ok((slow.heldOut[2] as number) < (slow.heldOut[0] as number));
  // Steps that are far too long: nothing is better than the start.
  const wild = adaptToPerson(classifier, start, epochs, heldOut, { ...settings, learningRate: 10 });
  assert.equal(wild.bestEpoch, 0);
  assert.equal(wild.heldOut.length, 1 + settings.patience);
  assert.deepEqual(wild.weights, start);
});

Deno.test("a translator that calls everybody neutral is scaled down until it doesn't", () => {
  const features = drawn(30 * width).map((x) => 5 * x), logits = classifier.logits(features);
  const labels = Array.from({ length: 30 }, (_, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  assert.equal(new Set(labels).size, classes);
  const same = newTranslator(width, hidden, rng);
  assert.equal(acceptedScale(measureSurvival(classifier, same, { features, labels })), 1);
  // Far along the direction in which neutral is likelier than both others.
  const collapsed = copyWeights(same);
  for (let d = 0; d < width; d++) {
    const [rest = 0, ...others] = [0, 1, 2].map((k) => classifier.matrix[k * width + d] as number);
    collapsed.secondBias[d] = 1000 * (2 * rest - others.reduce((a, b) => a + b, 0));
  }
  const measured = measureSurvival(classifier, collapsed, { features, labels });
  assert.equal(measured[0]?.expressive, 0);
  assert.equal(measured.at(-1)?.accuracy, 1);
  assert.equal(acceptedScale(measured), 0);
  assert.throws(
    () => measureSurvival(classifier, same, { features: drawn(width), labels: [0] }),
    { message: "Cannot guard against collapse with 1 probes: one at least must not be neutral" },
  );
});
