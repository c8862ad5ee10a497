import { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import type { ConflictParameters } from "../../model/conflict_fusion/parameters.ts";
import { onScale } from "../../model/conflict_fusion/voice_scale.ts";
import { dot, meanOf, unit } from "../../numbers/vectors.ts";
import type {
  DecideOptions,
  Method,
  MethodEntry,
  MethodSetup,
  UnlabelledClip,
} from "../methods/method.ts";
import { fitFusion, type FittedFusion } from "./fit_fusion.ts";
import { KnownClips } from "./known_clips.ts";
import {
  type FusionTraining,
  type PersonClip,
  trainFusion,
  usualFusionTraining,
} from "./train_fusion.ts";

/** The share of source people who are taken for similar, the fewest, and the steps of learning from them. */
export const similarity = { share: 0.25, fewest: 3, steps: 50 } as const;

/**
 * Subject-based adaptation: conflict fusion of all source people goes on learning from those whose faces are most
 * like this person's. No label of the person is used, and no guess of one; all of their clips are looked at.
 */
export function similarPeople(training: FusionTraining = usualFusionTraining): MethodEntry {
  return {
    name: "conflict-similar",
    about: "conflict fusion that goes on learning from the source people most like this one",
    needs: ["source labels", "source features", "transcripts"],
    looksAhead: true,
    settings: { ...training, similarity },
    async open(setup) {
      const { sources, clip, device, classes } = setup, known = KnownClips.of(clip);
      const seen = await known.knowAll(sources);
      const fit = { form: "mlp", classes: classes.length, training } as const;
      return new SimilarPeople(setup, known, seen, await fitFusion(device, seen, fit), training);
    },
  };
}

/** The direction of a person's mean face; undefined where none was seen. */
function faceOf(clips: readonly Pick<PersonClip, "known">[]): Float64Array | undefined {
  const faces = clips.flatMap(({ known: { video } }) => video ? [Float64Array.from(video)] : []);
  return faces.length === 0 ? undefined : unit(meanOf(faces));
}

/** The clips of the people whose faces are most like one; everybody's where no face is known. */
export function mostSimilar(
  seen: readonly PersonClip[],
  face: Float64Array | undefined,
): readonly PersonClip[] {
  const people = [...Map.groupBy(seen, ({ subject }) => subject).values()]
    .flatMap((clips) => {
      const own = faceOf(clips);
      return own && face ? [{ clips, likeness: dot(own, face) }] : [];
    })
    .sort((a, b) => b.likeness - a.likeness);
  const count = Math.max(similarity.fewest, Math.round(similarity.share * people.length));
  return people.length === 0 ? seen : people.slice(0, count).flatMap(({ clips }) => clips);
}

class SimilarPeople implements Method {
  readonly #setup: MethodSetup;
  readonly #known: KnownClips;
  readonly #seen: readonly PersonClip[];
  readonly #fitted: FittedFusion;
  readonly #training: FusionTraining;
  #reader: ConflictReader | undefined;

  constructor(
    setup: MethodSetup,
    known: KnownClips,
    seen: readonly PersonClip[],
    fitted: FittedFusion,
    training: FusionTraining,
  ) {
    this.#setup = setup;
    this.#known = known;
    this.#fitted = fitted;
    this.#training = training;
    this.#seen = seen.map((clip) => ({ ...clip, known: onScale(clip.known, fitted.voice) }));
  }

  async begin(
    { clips }: { readonly clips: readonly UnlabelledClip[] },
    { signal }: DecideOptions = {},
  ): Promise<void> {
    const own: Pick<PersonClip, "known">[] = [];
    for (const clip of clips) own.push({ known: await this.#known.know(clip) });
    const some = mostSimilar(this.#seen, faceOf(own)), start = this.#fitted.parameters;
    const training = { ...this.#training, steps: similarity.steps };
    const { device } = this.#setup;
    const adapted: ConflictParameters = await trainFusion(device, start.sizes, some, training, {
      signal,
      start,
    });
    this.#reader?.[Symbol.dispose]();
    this.#reader = await ConflictReader.open(device, adapted);
  }

  async decide(clip: UnlabelledClip) {
    if (!this.#reader) throw new TypeError("Cannot decide before a person is begun");
    const known = onScale(await this.#known.know(clip), this.#fitted.voice);
    const [decision] = await this.#reader.decide([known], this.#fitted.wordsShare);
    return { probabilities: Float32Array.from(decision?.probabilities ?? []) };
  }

  [Symbol.dispose](): void {
    this.#reader?.[Symbol.dispose]();
  }
}
