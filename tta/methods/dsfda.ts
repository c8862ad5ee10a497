import { meanOf } from "../../numbers/vectors.ts";
import { adaptDsfda, usualAdaptation } from "../dsfda/adapt_dsfda.ts";
import type { Dsfda } from "../dsfda/dsfda.ts";
import { FaceClassifier } from "../dsfda/face_classifier.ts";
import { restingFaces } from "../dsfda/faces.ts";
import { type MethodEntry, methodOf, type MethodSetup, type UnlabelledClip } from "./method.ts";

/** What the sources taught, or a person's own. */
function learnt({ dsfda }: MethodSetup): Dsfda {
  if (dsfda) return dsfda;
  throw new TypeError("Cannot decide by DSFDA without its networks: name their file with --head");
}

async function facesOf({ id, faces }: UnlabelledClip): Promise<Uint8Array<ArrayBuffer>> {
  if (faces) return await faces();
  throw new TypeError(`Cannot decide by DSFDA on "${id}": its pictures were not kept`);
}

/** The mean of what the classifier says of each frame. */
async function decide(
  classifier: FaceClassifier,
  clip: UnlabelledClip,
): Promise<ArrayLike<number>> {
  return meanOf(await classifier.decide(await facesOf(clip)));
}

/**
 * DSFDA: an expression encoder and a classifier decide on pictures of faces, frame by frame. They adapt to
 * a person by faces that a generator makes of the resting ones. What is adapted already decides as it is.
 */
export const dsfda: MethodEntry = {
  name: "dsfda",
  about: "DSFDA: decides on pictures, adapted by generated ones of the person's resting face",
  needs: ["dsfda", "resting"],
  settings: { target: usualAdaptation },
  async open(setup) {
    const source = learnt(setup);
    const classifier = await FaceClassifier.open(setup.device, source.parameters);
    return methodOf(
      (clip) => decide(classifier, clip),
      async ({ resting }, { signal } = {}) => {
        if (!resting) return; // as `infer` has it: somebody's own, or the sources' for anybody
        const clips = await Promise.all(resting.map(facesOf));
        const faces = clips.map((pixels) => restingFaces(pixels, classifier.side));
        const { dsfda: own } = await adaptDsfda(setup.device, source, faces, { signal });
        classifier.write(own.parameters);
      },
      classifier,
    );
  },
};
