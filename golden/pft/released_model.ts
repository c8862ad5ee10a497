import { classRows, FrozenClassifier } from "../../tta/pft/frozen_classifier.ts";
import { classifierWeights, type Numbers, numbersIn } from "./pft_set.ts";
import { convolve, rectify } from "./map_steps.ts";
import type { Maps, Tape } from "./tape.ts";
import { runTrunk, type TrunkOutput } from "./trunk.ts";

/** What the release's networks make of pictures, each number as the release computes it. */
export interface ReleasedOutput {
  readonly source: TrunkOutput;
  readonly bottleneck: Float64Array;
  readonly sourceLogits: Float64Array;
  readonly trunk: TrunkOutput;
  readonly translated: Maps;
  readonly logits: Float64Array;
}

/** PFT's released networks: F, B and C, frozen, and the translator T, which learns with a tape. */
export class ReleasedModel {
  readonly classifier: FrozenClassifier;
  readonly #bottleneck: FrozenClassifier;
  readonly #numbers: Numbers;

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
    const weights = classifierWeights(numbers), inner = weights.bottleneckBias.length;
    this.classifier = new FrozenClassifier(weights);
    // B alone: with rows that pass each of its outputs on.
    this.#bottleneck = new FrozenClassifier({
      ...weights,
      classBias: new Float64Array(inner),
      classLengths: new Float64Array(inner).fill(1),
      classDirections: Float64Array.from(
        { length: inner ** 2 },
        (_, i) => i % (inner + 1) === 0 ? 1 : 0,
      ),
    });
  }

  /** The matrix of C. */
  classMatrix(): Float64Array {
    return classRows(classifierWeights(this.#numbers));
  }

  /** Runs everything; with a tape T is in train mode. */
  run(pictures: Maps, tape?: Tape): ReleasedOutput {
    const source = runTrunk(this.#numbers, "F.", pictures);
    const trunk = runTrunk(this.#numbers, "T.feature_extractor.", pictures, tape);
    const translated = this.#translate(trunk.features, tape);
    return {
      source,
      bottleneck: this.#bottleneck.logits(source.features.values),
      sourceLogits: this.classifier.logits(source.features.values),
      trunk,
      translated,
      logits: this.classifier.logits(translated.values),
    };
  }

  /** The two layers of T, as convolutions of maps of one number. */
  #translate(features: Maps, tape?: Tape): Maps {
    const layer = (x: Maps, name: string) => {
      const of = (what: string) => numbersIn(this.#numbers, `T.translator.layers.${name}.${what}`);
      return linear(x, of("weight"), of("bias"), `T.translator.layers.${name}`, tape);
    };
    return layer(rectify(layer(features, "0"), tape), "2");
  }
}

/** A linear layer on maps of one number. */
function linear(
  x: Maps,
  weight: Float64Array,
  bias: Float64Array,
  name: string,
  tape?: Tape,
): Maps {
  const y = convolve(x, weight, bias.length, 1, tape, `${name}.weight`);
  for (let i = 0; i < y.values.length; i++) {
    y.values[i] = (y.values[i] as number) + (bias[i % bias.length] as number);
  }
  tape?.keep(() => {
    const gradient = tape.gradientOf(`${name}.bias`, bias.length);
    for (const [i, by] of y.gradient.entries()) {
      gradient[i % bias.length] = (gradient[i % bias.length] as number) + by;
    }
  });
  return y;
}
