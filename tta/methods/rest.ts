import type { ClipAu } from "../../model/clip_au/clip_au.ts";
import { centred } from "../../model/clip_au/neutral.ts";
import { FoundRest, restOfAll } from "../../model/clip_au/rest.ts";
import { clipAu } from "./clip_au.ts";
import { headOf, type MethodEntry, methodOf, type MethodSetup } from "./method.ts";

/** The head, and what it finds resting faces by. */
function finderOf(setup: MethodSetup) {
  const model = headOf(setup), { neutral: usual, rest: finder } = model.head;
  if (usual && finder) return { model, usual, finder };
  throw new TypeError(
    "Cannot find a resting face: this head does not know how people rest: train one with --centred",
  );
}

async function decideAt(model: ClipAu, features: Float32Array): Promise<ArrayLike<number>> {
  const [prediction] = await model.predict([features]);
  return prediction?.probabilities ?? [];
}

/**
 * The trained head relative to the person's resting face, which is found without asking: the calm
 * quarter of the frames that were seen so far, of this clip and the ones before.
 */
export const rest: MethodEntry = {
  name: "rest",
  about: "the trained head, relative to the resting face found in what was seen so far",
  needs: ["head", "rest"],
  base: clipAu,
  open(setup) {
    const { model, usual, finder } = finderOf(setup), found = new FoundRest(finder, usual);
    let told: Float32Array | undefined;
    return Promise.resolve(methodOf(async (clip) => {
      const features = await clip.features();
      if (!told) found.see(features);
      return await decideAt(model, centred(features, told ?? found.mean(), usual));
    }, ({ rest }) => {
      found.forget();
      told = rest;
    }));
  },
};

/** The same with all of a person's clips, for people whose clips are all there before the first decision. */
export const restAhead: MethodEntry = {
  ...rest,
  name: "rest-ahead",
  about: "the same, found in all of the person's clips together",
  looksAhead: true,
  open(setup) {
    const { model, usual, finder } = finderOf(setup);
    let face: Float32Array = usual;
    return Promise.resolve(methodOf(
      async (clip) => await decideAt(model, centred(await clip.features(), face, usual)),
      async ({ clips, rest }) => {
        const all = () => Promise.all(clips.map((clip) => clip.features()));
        face = rest ?? restOfAll(await all(), finder, usual);
      },
    ));
  },
};
