import project from "../../deno.json" with { type: "json" };

/** A method's name with its settings. */
export interface MethodFacts {
  readonly mode: string;
  /** Where random numbers decide. */
  readonly seed?: number;
  /** Of tuning. */
  readonly steps?: number;
}

/** What an output must name so that it can be made again. */
export interface About {
  readonly version: string;
  readonly adapter: string;
  readonly clip: { readonly name: string; readonly fingerprint: string };
  /** Undefined where the method takes none. */
  readonly head: { readonly path: string; readonly fingerprint: string } | undefined;
  /** The people to learn from, where the method takes some: how many. */
  readonly sources: { readonly path: string; readonly people: number } | undefined;
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  /** The person's neutral face: how much it is of; "none" where nobody is enrolled. */
  readonly enrolment:
    | { readonly frames: number; readonly videos: number }
    | "none"
    /** The head does not ask for one. */
    | undefined;
  /** Undefined where nothing was to be adapted. */
  readonly method: MethodFacts | undefined;
  /** The method that decides where this one has not adapted yet, of those that go by whole videos. */
  readonly base: string | undefined;
  /** Whether a decision is on all of a video's frames, or on a window of them. */
  readonly whole: boolean;
}

/** Our own version. */
export const projectVersion: string = project.version;
