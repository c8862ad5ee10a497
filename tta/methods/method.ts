import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { ClipAu } from "../../model/clip_au/clip_au.ts";
import type { SourceCaches } from "../tta_cap/source_cache.ts";
import type { TuningSettings } from "../clip_autt/tuning_settings.ts";

/** What is known of a clip that is to be decided on. There is no label here, so none can be used. */
export interface UnlabelledClip {
  /** For messages. Of a target's clip it is made up: files are often named after their class. */
  readonly id: string;
  /** What the person was doing or asked, where that is known. */
  readonly task?: string | undefined;
  /** `[T, d]`: frames' features, as the image tower gives them. */
  features(): Promise<Float32Array>;
}

/** A clip of somebody else, to learn from. */
export interface SourceClip extends UnlabelledClip {
  /** Whose it is. */
  readonly subject: string;
  /** The number of its class. */
  readonly label: number;
}

/** A person to adapt to. */
export interface Person {
  /** The name, as the labels have it. */
  readonly subject: string;
  /**
   * All of the person's clips, in the order in which they will be decided on. A method that looks at
   * those still to come knows more than it could in use: its entry must say `looksAhead`.
   */
  readonly clips: readonly UnlabelledClip[];
}

/** What a method says of a clip. */
export interface Decision {
  /** `[C]`: sums to 1. */
  readonly probabilities: Float32Array;
}

/** How to begin and to decide. */
export interface DecideOptions {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** A way to decide on a person's clips, one after the other. */
export interface Method extends Disposable {
  /** Begins with a person: nothing of the one before is kept. */
  begin(person: Person, options?: DecideOptions): Promise<void> | void;
  /** Decides on the person's next clip. */
  decide(clip: UnlabelledClip, options?: DecideOptions): Promise<Decision>;
}

/** What a method may stand on. */
export interface MethodSetup {
  /** Where to compute. */
  readonly device: Device;
  /** Loaded `tunable` where the method asks for gradients. */
  readonly clip: Clip;
  /** With a head that was trained on other people; there if the method asks for a head. */
  readonly model?: ClipAu | undefined;
  /** By their numbers; the first is the neutral one. */
  readonly classes: readonly string[];
  /** Labelled clips of other people; there if the method asks for their labels or features. */
  readonly sources: readonly SourceClip[];
  /** What TTA-CaP kept of other people, where that is there already: then it asks for no sources. */
  readonly sourceCaches?: SourceCaches | undefined;
  /** Which draw this is of those that the entry asks for, from 0. */
  readonly draw: number;
}

/**
 * What a method can't do without. Features of other people have to be computed first, which takes long
 * where there are many; their labels are free.
 */
export type Need = "head" | "gradients" | "source labels" | "source features" | "tasks";

/** A method by its name. */
export interface MethodEntry {
  /** What `--method` takes. */
  readonly name: string;
  /** In a line, for people who choose. */
  readonly about: string;
  /** What must be there. */
  readonly needs: readonly Need[];
  /** Where random numbers decide: how many draws its scores are the mean of; 1 if left out. */
  readonly draws?: number;
  /** Whether it looks at clips before it is their turn. */
  readonly looksAhead?: boolean;
  /** Published settings, to be told beside results; those of prompt tuning are in `promptTuning`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What it is where it adapts nothing, if it adapts at all: what its decisions are shown beside. */
  readonly base?: MethodEntry;
  /** CLIP-AUTT's settings, of a method that tunes prompts. */
  readonly promptTuning?: TuningSettings;
  /**
   * Of a method that decides window by window: how CLIP-AUTT does the same for a single video, and
   * can go on with the next one. With 0 steps where it tunes nothing.
   */
  readonly windowed?: TuningSettings;
  /** Loads and records what lasts for all people. */
  open(setup: MethodSetup): Promise<Method>;
}

/** The model of a setup, for methods that need a head. */
export function headOf({ model }: MethodSetup): ClipAu {
  if (model) return model;
  throw new TypeError("Cannot open this method without a head");
}

/** Throws unless a decision is a probability for each class: what is not finite must not pass for one. */
export function checkDecision(probabilities: Float32Array, classes: number, id: string): void {
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (probabilities.length === classes && Math.abs(sum - 1) < 1e-3) return;
  throw new RangeError(
    `Cannot use the decision on "${id}": wanted ${classes} probabilities that sum to 1: got ` +
      `[${[...probabilities].map((p) => p.toPrecision(4)).join(", ")}]`,
  );
}
