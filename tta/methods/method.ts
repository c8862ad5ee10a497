import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { ClipAu } from "../../model/clip_au/clip_au.ts";
import type { Dsfda } from "../dsfda/dsfda.ts";
import type { LatentPft } from "../pft/latent_pft.ts";
import type { SourceCaches } from "../tta_cap/source_cache.ts";
import type { TuningSettings } from "../clip_autt/tuning_settings.ts";

/** What is known of a clip that is to be decided on. There is no label here, so none can be used. */
export interface UnlabelledClip {
  /** For messages. Made up for a target's clip, because file names often tell the class. */
  readonly id: string;
  /** The task during the recording, if known. */
  readonly task?: string | undefined;
  /** What is said, if known. */
  readonly transcript?: string | undefined;
  /** Numbers about the voice, where there is sound. */
  readonly voice?: readonly number[] | undefined;
  /** `[T, d]`: features of the frames, as the image tower returns them. */
  features(): Promise<Float32Array>;
  /** `[T, S, S, 3]`: the frames' faces, as large as the setup's DSFDA takes them; present if the method needs it. */
  faces?(): Promise<Uint8Array<ArrayBuffer>>;
}

/** A labelled clip of another person. */
export interface SourceClip extends UnlabelledClip {
  /** The person. */
  readonly subject: string;
  /** The index of its class. */
  readonly label: number;
}

/** A clip in which another person is known to rest. */
export interface RestingClip extends UnlabelledClip {
  /** The person. */
  readonly subject: string;
}

/** A person to adapt to. */
export interface Person {
  /** The name in the labels. */
  readonly subject: string;
  /**
   * All of the person's clips, in the order in which they will be decided on. An entry whose method
   * uses clips that are still to come must say `looksAhead`: in use they would not be there.
   */
  readonly clips: readonly UnlabelledClip[];
  /** `[d]`: their resting face, if they are enrolled. Only methods that need "rest" are given one. */
  readonly rest?: Float32Array | undefined;
  /** Clips that are known to be of rest, and are never decided on; for methods that need "resting". */
  readonly resting?: readonly UnlabelledClip[] | undefined;
}

/** A method's decision on a clip. */
export interface Decision {
  /** `[C]`: sums to 1. */
  readonly probabilities: Float32Array;
}

/** Options of `begin()` and `decide()`. */
export interface DecideOptions {
  /** Aborts it. */
  readonly signal?: AbortSignal | undefined;
}

/** Decides on a person's clips, one after the other. */
export interface Method extends Disposable {
  /** Starts with a person and forgets the previous one. */
  begin(person: Person, options?: DecideOptions): Promise<void> | void;
  /** Decides on the person's next clip. */
  decide(clip: UnlabelledClip, options?: DecideOptions): Promise<Decision>;
}

/** What a method is opened with. */
export interface MethodSetup {
  /** The device to compute on. */
  readonly device: Device;
  /** Loaded `tunable` where the method asks for gradients. */
  readonly clip: Clip;
  /** With a head trained on other people; present if the method needs a head. */
  readonly model?: ClipAu | undefined;
  /** The class names by index; the first is neutral. */
  readonly classes: readonly string[];
  /** Labelled clips of other people; present if the method needs their labels or features. */
  readonly sources: readonly SourceClip[];
  /** Clips of those people that are known to be of rest; present if the method needs "source rest". */
  readonly sourceRest?: readonly RestingClip[] | undefined;
  /** TTA-CaP's source caches, if they were built before; then it needs no sources. */
  readonly sourceCaches?: SourceCaches | undefined;
  /** A latent PFT that was learnt before, or a person's own; then it needs no sources. */
  readonly translator?: LatentPft | undefined;
  /** What DSFDA learnt of source people, or a person's own; present if the method needs it. */
  readonly dsfda?: Dsfda | undefined;
  /** The index of this draw among those that the entry asks for. */
  readonly draw: number;
}

/**
 * What a method requires. Other people's features must be computed first, which takes long if there are
 * many; their labels cost nothing.
 */
export type Need =
  | "head"
  | "rest"
  | "resting"
  | "translator"
  | "dsfda"
  | "gradients"
  | "source labels"
  | "source features"
  | "source rest"
  | "tasks"
  | "transcripts";

/** A method and what is known about it before it is opened. */
export interface MethodEntry {
  /** The name for `--method`. */
  readonly name: string;
  /** One line for help texts. */
  readonly about: string;
  /** What it requires. */
  readonly needs: readonly Need[];
  /** For methods that depend on random numbers: the number of draws to average; 1 by default. */
  readonly draws?: number;
  /** False if it adapts to nobody, not even to a resting face that is found. */
  readonly adapts?: false;
  /** Whether it uses clips before they are decided on. */
  readonly looksAhead?: boolean;
  /** Settings to report with results; those of prompt tuning are in `promptTuning`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For methods that adapt: the unadapted method, reported as "before". */
  readonly base?: MethodEntry;
  /** CLIP-AUTT's settings, for methods that tune prompts. */
  readonly promptTuning?: TuningSettings;
  /**
   * For methods that decide window by window: the settings with which CLIP-AUTT decides alike on a
   * single video, and can continue with the next one. They have 0 steps if nothing is tuned.
   */
  readonly windowed?: TuningSettings;
  /** Loads the method for all people. */
  open(setup: MethodSetup): Promise<Method>;
}

/** A method that gives `[C]` probabilities of a clip; `begin` where it learns from the person's clips. */
export function methodOf(
  decide: (
    clip: UnlabelledClip,
    options: DecideOptions,
  ) => ArrayLike<number> | Promise<ArrayLike<number>>,
  begin: Method["begin"] = () => {},
  ...owned: readonly Disposable[]
): Method {
  return {
    begin,
    async decide(clip, options = {}) {
      return { probabilities: Float32Array.from(await decide(clip, options)) };
    },
    [Symbol.dispose]() {
      for (const one of owned) one[Symbol.dispose]();
    },
  };
}

/** The setup's model, for methods that need a head. */
export function headOf({ model }: MethodSetup): ClipAu {
  if (model) return model;
  throw new TypeError("Cannot open this method without a head");
}

/** Throws unless a decision has one finite probability per class. */
export function checkDecision(probabilities: Float32Array, classes: number, id: string): void {
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (probabilities.length === classes && Math.abs(sum - 1) < 1e-3) return;
  throw new RangeError(
    `Cannot use the decision on "${id}": wanted ${classes} probabilities that sum to 1: got ` +
      `[${[...probabilities].map((p) => p.toPrecision(4)).join(", ")}]`,
  );
}
