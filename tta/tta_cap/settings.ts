import { checkNumbers } from "../check_numbers.ts";

const gateNames: readonly TtaCapGate[] = ["temporal", "entropy", "prototype"];

/** The three gates between a sample and the caches. */
export type TtaCapGate = "temporal" | "entropy" | "prototype";

/** How TTA-CaP decides and learns. `ttaCapVersions` has the two published ones. */
export interface TtaCapSettings {
  /** Its name. */
  readonly version: string;
  /** Gates that a sample must pass to be kept; the others always pass. */
  readonly gates: readonly TtaCapGate[];
  /** The temporal gate's number of recent decisions. */
  readonly window: number;
  /** A decision with less entropy than this, in nats, is confident. */
  readonly confidentBelow: number;
  /** One with less entropy than this is ambiguous. Above ln C, nothing is rejected. */
  readonly ambiguousBelow: number;
  /** Whether entropies are divided by ln C, so that thresholds suit any number of classes. */
  readonly normalizeEntropy: boolean;
  /** The least margin between the two best classes of prototypes. */
  readonly leastMargin: number;
  /** How many of a class's nearest prototypes count. */
  readonly nearestPrototypes: number;
  /** How many of a cache's nearest keys count. */
  readonly nearestKeys: number;
  /** Most samples per class in the positive cache. */
  readonly positiveCapacity: number;
  /** Most samples per class in the negative cache. */
  readonly negativeCapacity: number;
  /** The factor of cosines to cache keys before their softmax. */
  readonly keySharpness: number;
  /** The factor of class scores before their softmax, if prototypes of all classes count. */
  readonly classSharpness: number;
  /** The weight of what is retrieved from the prototypes. */
  readonly sourceWeight: number;
  /** The weight of what is retrieved from the positive cache. */
  readonly positiveWeight: number;
  /** The weight of what is retrieved from the negative cache. */
  readonly negativeWeight: number;
  /** Whether a person without prototypes fails the prototype gate. */
  readonly withoutPrototypes: "block" | "pass";
  /**
   * What a class without prototypes does. "score": it scores -1e9, which passes as a margin and ruins
   * the class's logit if logits are fused. "leave out": it adds nothing to the logits, and the gate fails.
   */
  readonly emptyClass: "score" | "leave out";
  /** Whether retrievals are added to the embedding or to the logits. */
  readonly fusion: "embedding" | "logits";
  /** The retrievals' weights: as set, multiplied by their confidence, or the softmax of that. */
  readonly weighting: "equal" | "confidence" | "attention";
  /** With `majority`, only retrievals that agree on a class are fused, or else the most confident one. */
  readonly agreement: "none" | "majority";
  /** The temperature of the softmax of `attention`. */
  readonly attentionTemperature: number;
  /** Whether retrieval uses the predicted class only, or all classes. */
  readonly retrieveFrom: "class" | "all";
  /** Whether caches are updated before retrieval, so that a sample can be retrieved for itself. */
  readonly updateFirst: boolean;
  /** The class under which an ambiguous sample is kept. */
  readonly negativeClass: "least likely" | "predicted";
  /** Which part of the prototype gate applies to ambiguous samples: all of it, or only the margin. */
  readonly negativeGate: "prototype" | "margin";
  /** The logit scale of the decision that the gates use. */
  readonly gatingScale: number;
  /** When the caches are emptied. */
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
  /** The current code: caches per video, retrieval by class before the caches are updated. */
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
  /** The code at the paper's release: caches per person, retrieval from all classes after the update. */
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

/** The allowed words of settings. */
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

/** Throws if a setting is invalid, and names it. */
export function checkTtaCapSettings(settings: TtaCapSettings): void {
  const refuse = (name: keyof TtaCapSettings, wanted: string) =>
    new RangeError(`Cannot run TTA-CaP with ${name} ${settings[name]}: wanted ${wanted}`);
  for (const [name, known] of Object.entries(words) as [keyof typeof words, readonly string[]][]) {
    if (!known.includes(settings[name])) throw refuse(name, known.join(" or "));
  }
  const unknown = settings.gates.find((gate) => !gateNames.includes(gate));
  if (unknown !== undefined) throw refuse("gates", `only ${gateNames.join(", ")}`);
  const weights = ["sourceWeight", "positiveWeight", "negativeWeight"] as const;
  const capacities = ["positiveCapacity", "negativeCapacity"] as const;
  checkNumbers(settings, {
    "a whole number from 1 on": ["window", "nearestPrototypes", "nearestKeys", ...capacities],
    "one above 0": ["attentionTemperature", "gatingScale"],
    "0 or more": ["leastMargin", "confidentBelow", "keySharpness", "classSharpness", ...weights],
  }, refuse);
  if (!(settings.ambiguousBelow >= settings.confidentBelow)) {
    throw refuse("ambiguousBelow", `${settings.confidentBelow} or more, as confidentBelow`);
  }
}
