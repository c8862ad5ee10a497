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
  /** Undefined where nothing was adapted. */
  readonly settings: TuningSettings | undefined;
}

/** Our own version. */
export const projectVersion: string = project.version;
