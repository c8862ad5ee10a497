import { centred, type NeutralMean, type Rest } from "../model/clip_au/neutral.ts";
import type { HeadInfo } from "../model/clip_au/head_file.ts";
import { FoundRest } from "../model/clip_au/rest.ts";

/** Where a person's resting face comes from. */
export type RestSource =
  /** They are enrolled. */
  | { readonly from: "enrolled" }
  /** It was found in this many frames of theirs, without asking. */
  | { readonly from: "found"; readonly frames: number }
  /** The average face of other people stands for it. */
  | { readonly from: "average" }
  /** The head uses none. */
  | { readonly from: "unused" };

/**
 * Gives features as a head expects them: relative to the person's resting face, if it was trained so.
 * A told resting face is used as it is; otherwise it is found in what was seen of the person so far.
 */
export class Centring {
  readonly #usual: Float32Array | undefined;
  readonly #told: NeutralMean | undefined;
  readonly #found: FoundRest | undefined;

  /**
   * Centres for a head.
   *
   * @param told The resting face of an enrolled person.
   * @param find Whether to find it where it is not told.
   */
  constructor(
    { neutral, rest }: Pick<HeadInfo, "neutral" | "rest">,
    told?: NeutralMean,
    find = true,
  ) {
    this.#usual = neutral;
    this.#told = told;
    this.#found = neutral && rest && find && !told ? new FoundRest(rest, neutral) : undefined;
  }

  /** Where the resting face comes from. */
  get source(): RestSource {
    if (!this.#usual) return { from: "unused" };
    if (this.#told) return { from: "enrolled" };
    return this.#found ? { from: "found", frames: this.#found.frames } : { from: "average" };
  }

  /**
   * Takes in features `[T, d]` of the person's next frames. Returns what they are to be relative to, or
   * nothing if the head expects them as they are.
   */
  see(features: Float32Array): Rest | undefined {
    const usual = this.#usual;
    if (!usual) return undefined;
    if (this.#told) return { own: this.#told.mean, usual };
    if (!this.#found) return undefined;
    this.#found.see(features);
    return { own: this.#found.mean(), usual };
  }

  /** Features `[T, d]` of the person's next frames as the head expects them. */
  next(features: Float32Array): Float32Array {
    const rest = this.see(features);
    return rest ? centred(features, rest.own, rest.usual) : features;
  }

  /** Forgets what was seen; what was told stays. */
  forget(): void {
    this.#found?.forget();
  }
}
