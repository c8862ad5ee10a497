import type { ClipAu } from "../../model/clip_au/clip_au.ts";
import { centred, neutralMean } from "../../model/clip_au/neutral.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { clipAu } from "./clip_au.ts";
import { headOf, type MethodEntry, methodOf } from "./method.ts";

/** Rounds of detecting and normalising, at most: where clips change sides for ever, it ends here. */
const mostRounds = 20;

/**
 * Iterative Feature Normalization: which clips are neutral is decided by the head, the resting face is
 * taken from these, the head decides again relative to it, until nothing changes.
 *
 * @param clips `[T, d]` each, as the image tower gives them.
 * @returns The resting face; the usual one if no clip was ever called neutral.
 */
export async function normalizeIteratively(
  model: Pick<ClipAu, "predict">,
  clips: readonly Float32Array[],
  usual: Float32Array<ArrayBuffer>,
): Promise<Float32Array<ArrayBuffer>> {
  let rest = usual, before: string | undefined;
  for (let round = 0; round < mostRounds; round++) {
    const decided = await model.predict(clips.map((clip) => centred(clip, rest, usual)));
    const neutral = decided.map(({ probabilities }) => largestAt(probabilities) === 0);
    const now = neutral.join();
    if (now === before || !neutral.includes(true)) return rest;
    before = now;
    rest = neutralMean(clips.filter((_, i) => neutral[i]), usual.length).mean;
  }
  return rest;
}

/**
 * Iterative Feature Normalization (Busso, Mariooryad, Metallinou and Narayanan, 2013): the field's known
 * way to a person's resting state without asking. It fails where a person shows pain alone, since the
 * clips that it starts from are then called neutral by mistake.
 */
export const ifn: MethodEntry = {
  name: "ifn",
  about: "the trained head, relative to the clips that it calls neutral, again and again",
  // With a told resting face it has nothing to find.
  needs: ["head", "rest"],
  looksAhead: true,
  settings: { rounds: mostRounds },
  base: clipAu,
  open(setup) {
    const model = headOf(setup), { neutral: usual } = model.head;
    if (!usual) {
      throw new TypeError(
        "Cannot normalise by neutral clips: this head was not trained with --centred",
      );
    }
    let face: Float32Array = usual;
    return Promise.resolve(methodOf(async (clip) => {
      const [prediction] = await model.predict([centred(await clip.features(), face, usual)]);
      return prediction?.probabilities ?? [];
    }, async ({ clips, rest }) => {
      const all = () => Promise.all(clips.map((clip) => clip.features()));
      face = rest ?? await normalizeIteratively(model, await all(), usual);
    }));
  },
};
