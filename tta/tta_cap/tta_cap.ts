import { fuseEmbeddings } from "./fuse_embeddings.ts";
import { type Prototypes, retrieveSource, scorePrototypes } from "./prototypes.ts";
import { SampleCache } from "./sample_cache.ts";
import { checkTtaCapSettings, type TtaCapSettings, ttaCapVersions } from "./settings.ts";
import type { TtaCapAction, TtaCapStep } from "./step_record.ts";
import {
  checkTtaCapState,
  restoreSamples,
  saveSamples,
  type TtaCapState,
} from "./tta_cap_state.ts";
import { dot, entropyOf, largestAt, softmax, unit, type Vector } from "../../numbers/vectors.ts";

/** What `TtaCap` is made from. */
export interface TtaCapModel {
  /** The classes' text embeddings, `[C, D]`; they are normalised. */
  readonly classes: readonly Vector[];
  /**
   * The person's prototypes, class by class, from `personalize()`; none by default. They are
   * normalised.
   */
  readonly prototypes?: Prototypes | undefined;
  /** The logit scale of the decision: 100 in CLIP's checkpoints. */
  readonly logitScale?: number;
  /** Those of version 2 by default. */
  readonly settings?: TtaCapSettings;
}

/**
 * TTA-CaP: decides on one window after the other by CLIP's texts, prototypes of similar people, and
 * caches of the person's own confident and ambiguous windows. It needs no gradients, only a few
 * thousand multiplications on the host.
 *
 * @example
 * ```ts
 * import { TtaCap } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const neutral = Float32Array.of(1, 0, 0), pain = Float32Array.of(0, 1, 0);
 * const person = new TtaCap({ classes: [neutral, pain], prototypes: [[neutral], [pain]] });
 * const { logits, action, positiveCache } = person.step(Float32Array.of(0.9, 0.3, 0.1));
 * assert.ok((logits[0] ?? 0) > (logits[1] ?? 0));
 * assert.equal(action, "positive");
 * assert.equal(positiveCache[0]?.length, 1);
 * ```
 */
export class TtaCap {
  /** Its settings. */
  readonly settings: TtaCapSettings;
  /** The logit scale. */
  readonly logitScale: number;
  readonly #classes: readonly Float64Array[];
  readonly #prototypes: Prototypes;
  readonly #width: number;
  #positive: SampleCache;
  #negative: SampleCache;
  /** The last few decisions, oldest first. */
  #recent: readonly number[] = [];
  #steps = 0;

  /** Starts with empty caches. */
  constructor(
    { classes, prototypes, logitScale = 100, settings = ttaCapVersions.v2 }: TtaCapModel,
  ) {
    checkTtaCapSettings(settings);
    this.settings = settings;
    this.logitScale = logitScale;
    this.#width = classes[0]?.length ?? 0;
    if (classes.length < 2) {
      throw new RangeError(`Cannot run TTA-CaP with ${classes.length} classes: wanted 2 or more`);
    }
    if (prototypes && prototypes.length !== classes.length) {
      throw new TypeError(
        `Cannot run TTA-CaP with prototypes of ${prototypes.length} classes: ` +
          `wanted ${classes.length}`,
      );
    }
    for (const row of [...classes, ...prototypes?.flat() ?? []]) this.#check(row, "a class");
    this.#classes = classes.map(unit);
    this.#prototypes = classes.map((_, label) => prototypes?.[label]?.map(unit) ?? []);
    [this.#positive, this.#negative] = this.#emptyCaches();
  }

  /** Decides on a window's embedding, which need not be normalised, and learns from it. */
  step(window: Vector): TtaCapStep {
    this.#check(window, "a window");
    const { settings } = this, z = unit(window), step = this.#steps++;
    const baseLogits = this.#logitsOf(z, settings.gatingScale);
    const probabilities = softmax(baseLogits);
    const predicted = largestAt(baseLogits);
    const leastLikely = largestAt(probabilities.map((p) => -p));
    const scale = settings.normalizeEntropy ? Math.log(this.#classes.length) : 1;
    const entropy = entropyOf(probabilities) / scale;
    this.#recent = [...this.#recent, predicted].slice(-settings.window);
    const majority = majorityOf(this.#recent);
    const prototype = scorePrototypes(z, this.#prototypes, predicted, settings);
    const confident = entropy < settings.confidentBelow;
    const ambiguous = !confident && entropy < settings.ambiguousBelow;
    const gates = {
      temporal: predicted === majority,
      confident,
      ambiguous,
      admissible: confident || ambiguous,
      prototype: prototype.pass,
      margin: prototype.marginPass,
    };
    const action = this.#choose(gates);
    const update = () => {
      const sample = { step, entropy, key: z };
      if (action === "positive") this.#positive.add(predicted, sample);
      if (action === "negative") {
        const other = settings.negativeClass === "predicted" ? predicted : leastLikely;
        this.#negative.add(other, sample);
      }
    };
    if (settings.updateFirst) update();
    const found = {
      source: retrieveSource(z, this.#prototypes, prototype.scores, predicted, settings),
      positive: this.#retrieve(this.#positive, z, predicted),
      negative: this.#retrieve(this.#negative, z, predicted),
    };
    const decision = settings.fusion === "embedding"
      ? this.#fuseEmbeddings({ target: z, ...found })
      : this.#fuseLogits(z, baseLogits, prototype.scores);
    if (!settings.updateFirst) update();
    return {
      step,
      baseLogits,
      probabilities,
      entropy,
      predicted,
      leastLikely,
      majority,
      gates,
      prototypeScores: prototype.scores,
      prototypeMargin: prototype.margin,
      ...found,
      ...decision,
      action,
      positiveCache: stepsIn(this.#positive),
      negativeCache: stepsIn(this.#negative),
    };
  }

  /** Starts the same person's next video; empties the caches if the settings say so. */
  beginVideo(): void {
    if (this.settings.reset === "video") this.#forget();
  }

  /** Forgets the person, except for the prototypes. */
  reset(): void {
    this.#forget();
    this.#steps = 0;
  }

  /** What it has learned, for `restore()`. */
  get state(): TtaCapState {
    return {
      format: "autt.tta-cap",
      version: 1,
      settings: this.settings,
      width: this.#width,
      steps: this.#steps,
      recent: this.#recent,
      positive: saveSamples(this.#positive),
      negative: saveSamples(this.#negative),
    };
  }

  /** Continues from a saved state. Throws if it has other settings or sizes. */
  restore(state: TtaCapState): void {
    checkTtaCapState(state, this.settings, this.#width, this.#classes.length);
    const [positive, negative] = this.#emptyCaches();
    restoreSamples(positive, state.positive);
    restoreSamples(negative, state.negative);
    [this.#positive, this.#negative] = [positive, negative];
    this.#recent = state.recent.slice(-this.settings.window);
    this.#steps = state.steps;
  }

  /** The cache for a sample; gates that the settings do not name pass. */
  #choose(gates: TtaCapStep["gates"]): TtaCapAction {
    const { gates: asked, negativeGate } = this.settings;
    const passes = (gate: TtaCapSettings["gates"][number], pass: boolean) =>
      !asked.includes(gate) || pass;
    if (!passes("temporal", gates.temporal)) return "none";
    if (passes("prototype", gates.prototype) && passes("entropy", gates.confident)) {
      return "positive";
    }
    return passes("prototype", gates[negativeGate]) && passes("entropy", gates.ambiguous)
      ? "negative"
      : "none";
  }

  #retrieve(cache: SampleCache, z: Vector, predicted: number): Float64Array {
    const { retrieveFrom, nearestKeys, keySharpness } = this.settings;
    return cache.retrieve(z, retrieveFrom === "all" ? "all" : predicted, nearestKeys, keySharpness);
  }

  #fuseEmbeddings(vectors: Parameters<typeof fuseEmbeddings>[0]) {
    const { fused, weights } = fuseEmbeddings(
      vectors,
      (v) => softmax(this.#logitsOf(unit(v), this.logitScale)),
      this.settings,
    );
    return {
      fused,
      weights,
      labelScores: undefined,
      logits: this.#logitsOf(fused, this.logitScale),
    };
  }

  #fuseLogits(z: Vector, baseLogits: readonly number[], scores: readonly number[]) {
    const { settings } = this, { nearestKeys, keySharpness, emptyClass } = settings;
    const positive = this.#positive.labelScores(z, nearestKeys, keySharpness);
    const negative = this.#negative.labelScores(z, nearestKeys, keySharpness);
    const logits = baseLogits.map((logit, c) => {
      const without = emptyClass === "leave out" && this.#prototypes[c]?.length === 0;
      return logit + (without ? 0 : settings.sourceWeight * (scores[c] as number)) +
        settings.positiveWeight * (positive[c] as number) -
        settings.negativeWeight * (negative[c] as number);
    });
    return { fused: undefined, weights: undefined, labelScores: { positive, negative }, logits };
  }

  #logitsOf(z: Vector, scale: number): number[] {
    return this.#classes.map((row) => scale * dot(row, z));
  }

  #forget(): void {
    [this.#positive, this.#negative] = this.#emptyCaches();
    this.#recent = [];
  }

  #emptyCaches(): [SampleCache, SampleCache] {
    const { positiveCapacity, negativeCapacity } = this.settings, { length } = this.#classes;
    return [new SampleCache(length, positiveCapacity), new SampleCache(length, negativeCapacity)];
  }

  #check(vector: Vector, what: string): void {
    if (vector.length !== this.#width || !vector.every(Number.isFinite)) {
      throw new TypeError(
        `Cannot use the embedding of ${what} in TTA-CaP: wanted ${this.#width} finite numbers: ` +
          `got ${vector.length}${vector.every(Number.isFinite) ? "" : ", not all finite"}`,
      );
    }
    if (vector.every((x) => x === 0)) {
      throw new RangeError(`Cannot use the embedding of ${what} in TTA-CaP: it is all zeros`);
    }
  }
}

function stepsIn(cache: SampleCache): TtaCapStep["positiveCache"] {
  return cache.classes.map((kept) => kept.map(({ step, entropy }) => ({ step, entropy })));
}

/** The most frequent label; of equally frequent ones the most recent. */
export function majorityOf(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return labels.findLast((label) => counts.get(label) === most) ?? NaN;
}
