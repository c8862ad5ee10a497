import type { TtaCapSettings } from "./settings.ts";
import { largestAt, softmax, unit, type Vector, weightedSum } from "../../numbers/vectors.ts";

/** The components of a fused embedding. */
export type ComponentName = "target" | "source" | "positive" | "negative";

/** The weight of a component. */
export interface ComponentWeight {
  /** Its weight. */
  readonly weight: number;
  /** The probability of its own best class, multiplied by its set weight. */
  readonly confidence: number;
}

/** A fused embedding. */
export interface FusedEmbedding {
  /** At unit length. */
  readonly fused: Float64Array;
  /** The weights of the fused components only. */
  readonly weights: Readonly<Partial<Record<ComponentName, ComponentWeight>>>;
}

interface Component {
  readonly name: ComponentName;
  readonly vector: Vector;
  readonly set: number;
  readonly confidence: number;
  readonly label: number;
}

/** Adds what was retrieved to a sample's embedding and subtracts the negative. */
export function fuseEmbeddings(
  vectors: Readonly<Record<ComponentName, Vector>>,
  probabilitiesOf: (z: Vector) => number[],
  settings: TtaCapSettings,
): FusedEmbedding {
  const { sourceWeight, positiveWeight, negativeWeight, agreement } = settings;
  const component = (name: ComponentName, set: number): Component[] => {
    const vector = vectors[name];
    if (vector.every((x) => x === 0)) return []; // nothing was retrieved
    const probabilities = probabilitiesOf(vector), label = largestAt(probabilities);
    return [{ name, vector, set, confidence: set * (probabilities[label] as number), label }];
  };
  const found = [
    ...component("target", 1),
    ...component("source", sourceWeight),
    ...component("positive", positiveWeight),
  ];
  const added = agreement === "majority" ? agreeing(found) : found;
  const all = [...added, ...component("negative", negativeWeight)];
  const weights = weigh(all, settings);
  const signed = all.map(({ name }, i) => (name === "negative" ? -1 : 1) * (weights[i] as number));
  return {
    fused: unit(weightedSum(vectors.target.length, all.map(({ vector }) => vector), signed)),
    weights: Object.fromEntries(
      all.map(({ name, confidence }, i) => [name, { weight: weights[i], confidence }]),
    ),
  };
}

/** The components of a class that at least two agree on; otherwise the most confident one. */
function agreeing(components: readonly Component[]): readonly Component[] {
  const same = components.map(({ label }) => components.filter((other) => other.label === label));
  const shared = same.find((some) => some.length >= 2);
  if (shared) return shared;
  return components.slice().sort((a, b) => b.confidence - a.confidence).slice(0, 1);
}

function weigh(
  components: readonly Component[],
  { weighting, attentionTemperature }: TtaCapSettings,
): number[] {
  if (weighting === "equal") return components.map(({ set }) => set);
  const confidences = components.map(({ confidence }) => confidence);
  return weighting === "confidence" ? confidences : softmax(confidences, 1 / attentionTemperature);
}
