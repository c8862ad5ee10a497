import { centred, neutralMean } from "../../model/clip_au/neutral.ts";
import { clipAu } from "./clip_au.ts";
import { headOf, type MethodEntry, methodOf } from "./method.ts";

/** The trained head relative to a resting face that is told: by resting clips, or by an enrolment. */
export const enrolled: MethodEntry = {
  name: "enrolled",
  about: "the trained head, relative to the resting face of the enrolment clips",
  needs: ["head", "rest", "resting"],
  base: clipAu,
  open(setup) {
    const model = headOf(setup), { neutral: usual } = model.head;
    if (!usual) {
      throw new TypeError("Cannot use enrolments: this head was not trained with --centred");
    }
    let face: Float32Array | undefined;
    return Promise.resolve(methodOf(async (clip) => {
      if (!face) throw new TypeError("Cannot decide before a person is begun");
      const [prediction] = await model.predict([centred(await clip.features(), face, usual)]);
      return prediction?.probabilities ?? [];
    }, async ({ resting, rest }) => {
      face = resting
        ? neutralMean(await Promise.all(resting.map((clip) => clip.features())), usual.length).mean
        : rest;
      if (face) return;
      throw new TypeError(
        "Cannot decide by an enrolment: nobody is enrolled: do so with `./autt enroll`, or find the " +
          "resting face with --method rest",
      );
    }));
  },
};
