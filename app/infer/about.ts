import project from "../../deno.json" with { type: "json" };
import type { TuningSettings } from "../../tta/tuning_settings.ts";

/** What an output must name so that it can be made again. */
export interface About {
  readonly version: string;
  readonly adapter: string;
  readonly clip: { readonly name: string; readonly fingerprint: string };
  readonly head: { readonly path: string; readonly fingerprint: string };
  readonly classes: readonly string[];
  readonly auPrompts: readonly string[];
  /** The person's neutral face: how much it is of; "none" where nobody is enrolled. */
  readonly enrolment:
    | { readonly frames: number; readonly videos: number }
    | "none"
    /** The head does not ask for one. */
    | undefined;
  /** Undefined where nothing was adapted. */
  readonly settings: TuningSettings | undefined;
}

/** Our own version. */
export const projectVersion: string = project.version;
