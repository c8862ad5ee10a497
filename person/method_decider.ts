import { withoutAlpha } from "../media/without_alpha.ts";
import { checkDecision } from "../tta/methods/method.ts";
import type { Method, MethodEntry, MethodSetup, UnlabelledClip } from "../tta/methods/mod.ts";
import { entropyOf } from "../numbers/vectors.ts";
import type { NeutralMean } from "../model/clip_au/neutral.ts";
import { Centring } from "./centring.ts";
import type {
  DecidedVideo,
  DecideVideoOptions,
  Verdict,
  VideoAnswer,
  VideoDecider,
} from "./video_decider.ts";

/** Runs a method on all frames of a video together, from its initial state for each video. */
export class MethodDecider implements VideoDecider, Disposable {
  readonly #setup: MethodSetup;
  readonly #told: NeutralMean | undefined;
  /** Whether the method finds the resting face itself. */
  readonly #finds: boolean;
  /** Undefined if the method uses no head. */
  readonly centring: Centring | undefined;
  readonly #method: Method;
  /** The unadapted form of the method, if it adapts. */
  readonly #base: Method | undefined;
  readonly #owned: DisposableStack;

  private constructor(
    entry: MethodEntry,
    setup: MethodSetup,
    told: NeutralMean | undefined,
    method: Method,
    base: Method | undefined,
    owned: DisposableStack,
  ) {
    this.#setup = setup;
    this.#told = told;
    this.#finds = entry.needs.includes("rest");
    this.centring = setup.model && new Centring(setup.model.head, told, entry.adapts);
    this.#method = method;
    this.#base = base;
    this.#owned = owned;
  }

  /**
   * Opens a method, and what it is where it adapts nothing.
   *
   * @param neutral The person's resting face, for heads trained with `--centred`.
   */
  static async open(
    entry: MethodEntry,
    setup: MethodSetup,
    neutral: NeutralMean | undefined,
  ): Promise<MethodDecider> {
    using owned = new DisposableStack();
    const method = owned.use(await entry.open(setup));
    const base = entry.base && owned.use(await entry.base.open(setup));
    return new MethodDecider(entry, setup, neutral, method, base, owned.move());
  }

  async decide(
    features: Float32Array,
    { signal, seen }: DecideVideoOptions,
  ): Promise<Verdict<DecidedVideo>> {
    const { clip } = this.#setup;
    this.centring?.forget();
    const centred = this.centring?.next(features) ?? features;
    const wanted = this.#finds ? features : centred;
    const video: UnlabelledClip = {
      id: "the video",
      features: () => Promise.resolve(wanted),
      ...picturesOf(seen),
    };
    const before = this.#base && await this.#ask(this.#base, video, signal);
    const after = await this.#ask(this.#method, video, signal), first = before ?? after;
    const window = {
      first: 0,
      last: features.length / clip.config.embedding - 1,
      before: [...first.probabilities],
      after: [...after.probabilities],
      entropyBefore: first.entropy,
      entropyAfter: after.entropy,
    };
    const decided = { before: first, after, steps: [], moved: undefined, warnings: [] };
    return { decided, windows: [window] };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  async #ask(
    method: Method,
    video: UnlabelledClip,
    signal: AbortSignal | undefined,
  ): Promise<VideoAnswer> {
    signal?.throwIfAborted();
    const rest = this.#finds ? this.#told?.mean : undefined;
    await method.begin({ subject: "the person", clips: [video], rest }, { signal });
    const { probabilities } = await method.decide(video, { signal });
    checkDecision(probabilities, this.#setup.classes.length, video.id);
    return { probabilities, entropy: entropyOf(probabilities), start: 0 };
  }
}

/** The frames' faces, where they were kept as pictures. */
function picturesOf(
  seen: DecideVideoOptions["seen"] = [],
): Pick<UnlabelledClip, "faces"> {
  const squares = seen.flatMap(({ picture }) => picture ? [picture] : []);
  const [first] = squares;
  if (!first) return {};
  const side = Math.sqrt(first.length / 4);
  return { faces: () => Promise.resolve(withoutAlpha(squares, side)) };
}
