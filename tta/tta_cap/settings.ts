const gateNames: readonly TtaCapGate[] = ["temporal", "entropy", "prototype"];

/** The three gates between a sample and the caches. */
export type TtaCapGate = "temporal" | "entropy" | "prototype";

/** How TTA-CaP decides and learns. `ttaCapVersions` has the two that have a name. */
export interface TtaCapSettings {
  /** Its name. */
  readonly version: string;
  /** Gates that must pass before a sample is kept; one that is not named always passes. */
  readonly gates: readonly TtaCapGate[];
  /** How many decisions the temporal gate takes the majority of. */
  readonly window: number;
  /** Entropy, in nats, below which a decision is confident; */
  readonly confidentBelow: number;
  /** and from there up to which it is ambiguous. Where it lies above ln C, nothing is refused by it. */
  readonly ambiguousBelow: number;
  /** Entropies are divided by ln C, so that thresholds mean the same for any number of classes. */
  readonly normalizeEntropy: boolean;
  /** How far the best class of prototypes must be ahead of the second. */
  readonly leastMargin: number;
  /** How many prototypes of a class count. */
  readonly nearestPrototypes: number;
  /** How many keys of the caches count. */
  readonly nearestKeys: number;
  /** Most samples of a class in each cache. */
  readonly positiveCapacity: number;
  /** In the cache of ambiguous samples. */
  readonly negativeCapacity: number;
  /** What cosines to the caches' keys are multiplied with before their softmax. */
  readonly keySharpness: number;
  /** The same for classes of prototypes, where all classes count. */
  readonly classSharpness: number;
  /** How much the three retrievals count. */
  readonly sourceWeight: number;
  /** Of the confident samples. */
  readonly positiveWeight: number;
  /** Of the ambiguous ones. */
  readonly negativeWeight: number;
  /** Whether a person without prototypes fails the prototype gate. */
  readonly withoutPrototypes: "block" | "pass";
  /**
   * A class without prototypes scores -1e9, which passes as a margin and ruins the class's logit when
   * logits are fused; or it is left out there, and the gate fails.
   */
  readonly emptyClass: "score" | "leave out";
  /** Retrievals are added to the embedding, or to the logits. */
  readonly fusion: "embedding" | "logits";
  /** Weights of the retrievals: as set, times their confidence, or the softmax of that. */
  readonly weighting: "equal" | "confidence" | "attention";
  /** With `majority`, only what agrees on a class is fused; the most confident where nothing does. */
  readonly agreement: "none" | "majority";
  /** What confidences are divided by before the softmax of `attention`. */
  readonly attentionTemperature: number;
  /** Retrieval looks at the predicted class only, or at all of them. */
  readonly retrieveFrom: "class" | "all";
  /** Whether a sample that was just kept can be retrieved for its own decision. */
  readonly updateFirst: boolean;
  /** The class that an ambiguous sample is kept under. */
  readonly negativeClass: "least likely" | "predicted";
  /** What of the prototype gate holds back ambiguous samples: all of it, or the margin alone. */
  readonly negativeGate: "prototype" | "margin";
  /** What cosines are multiplied with for the decision that gates look at. */
  readonly gatingScale: number;
  /** Where the caches begin anew. */
  readonly reset: "video" | "subject";
}

const common = {
  gates: ["temporal", "entropy", "prototype"],
  window: 3,
  confidentBelow: 0.5,
  normalizeEntropy: false,
  leastMargin: 0.05,
  nearestPrototypes: 5,
  nearestKeys: 5,
  positiveCapacity: 5,
  keySharpness: 10,
  classSharpness: 10,
  sourceWeight: 1,
  positiveWeight: 1,
  negativeWeight: 1,
  emptyClass: "score",
  fusion: "embedding",
  weighting: "equal",
  agreement: "none",
  attentionTemperature: 1,
  gatingScale: 100,
} as const;

/** The two published versions; the second is the default. */
export const ttaCapVersions = {
  /** As it stands today: caches of one video, retrieval by class, before the caches change. */
  v2: {
    version: "v2",
    ...common,
    ambiguousBelow: 0.8,
    negativeCapacity: 4,
    withoutPrototypes: "block",
    retrieveFrom: "class",
    updateFirst: false,
    negativeClass: "least likely",
    negativeGate: "prototype",
    reset: "video",
  },
  /** As when the paper came out: caches of a person, retrieval from all classes, after the update. */
  v1: {
    version: "v1",
    ...common,
    ambiguousBelow: 1.2,
    negativeCapacity: 5,
    withoutPrototypes: "pass",
    retrieveFrom: "all",
    updateFirst: true,
    negativeClass: "predicted",
    negativeGate: "margin",
    reset: "subject",
  },
} as const satisfies Readonly<Record<string, TtaCapSettings>>;

/** The settings that are one of a few words. */
const words = {
  withoutPrototypes: ["block", "pass"],
  emptyClass: ["score", "leave out"],
  fusion: ["embedding", "logits"],
  weighting: ["equal", "confidence", "attention"],
  agreement: ["none", "majority"],
  retrieveFrom: ["class", "all"],
  negativeClass: ["least likely", "predicted"],
  negativeGate: ["prototype", "margin"],
  reset: ["video", "subject"],
} as const;

/** Throws where a setting makes no sense, naming it. */
export function checkTtaCapSettings(settings: TtaCapSettings): void {
  const refuse = (name: keyof TtaCapSettings, wanted: string) =>
    new RangeError(`Cannot run TTA-CaP with ${name} ${settings[name]}: wanted ${wanted}`);
  for (const [name, known] of Object.entries(words) as [keyof typeof words, readonly string[]][]) {
    if (!known.includes(settings[name])) throw refuse(name, known.join(" or "));
  }
  const unknown = settings.gates.find((gate) => !gateNames.includes(gate));
  if (unknown !== undefined) throw refuse("gates", `only ${gateNames.join(", ")}`);
  for (
    const name of [
      "window",
      "nearestPrototypes",
      "nearestKeys",
      "positiveCapacity",
      "negativeCapacity",
    ] as const
  ) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw refuse(name, "a whole number from 1 on");
    }
  }
  for (const name of ["attentionTemperature", "gatingScale"] as const) {
    if (!(settings[name] > 0 && Number.isFinite(settings[name]))) throw refuse(name, "one above 0");
  }
  for (
    const name of [
      "leastMargin",
      "confidentBelow",
      "keySharpness",
      "classSharpness",
      "sourceWeight",
      "positiveWeight",
      "negativeWeight",
    ] as const
  ) {
    if (!(settings[name] >= 0 && Number.isFinite(settings[name]))) throw refuse(name, "0 or more");
  }
  if (!(settings.ambiguousBelow >= settings.confidentBelow)) {
    throw refuse("ambiguousBelow", `${settings.confidentBelow} or more, as confidentBelow`);
  }
}
