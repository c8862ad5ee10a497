import { meanOf } from "../../numbers/vectors.ts";
import { adaptDsfda, usualAdaptation } from "../dsfda/adapt_dsfda.ts";
import type { Dsfda } from "../dsfda/dsfda.ts";
import { FaceClassifier } from "../dsfda/face_classifier.ts";
import { restingFaces } from "../dsfda/faces.ts";
import { seeFaces, type View } from "../dsfda/view.ts";
import { type MethodEntry, methodOf, type MethodSetup, type UnlabelledClip } from "./method.ts";

/** What the sources taught, or a person's own. */
function learnt({ dsfda }: MethodSetup): Dsfda {
  if (dsfda) return dsfda;
  throw new TypeError("Cannot decide by DSFDA without its networks: name their file with --head");
}

/** A clip's faces as the networks see them. */
async function facesOf(
  { id, faces }: UnlabelledClip,
  side: number,
  view: View | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (faces) return seeFaces(await faces(), side, view);
  throw new TypeError(`Cannot decide by DSFDA on "${id}": its pictures were not kept`);
}

/** The mean of what the classifier says of each frame. */
async function decide(
  classifier: FaceClassifier,
  clip: UnlabelledClip,
  view: View | undefined,
): Promise<ArrayLike<number>> {
  return meanOf(await classifier.decide(await facesOf(clip, classifier.side, view)));
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
    const source = learnt(setup), { view } = source;
    const classifier = await FaceClassifier.open(setup.device, source.parameters);
    return methodOf(
      (clip) => decide(classifier, clip, view),
      async ({ resting }, { signal } = {}) => {
        if (!resting) return; // as `infer` has it: somebody's own, or the sources' for anybody
        const { side } = classifier;
        const faces = await Promise.all(
          resting.map(async (clip) => restingFaces(await facesOf(clip, side, view), side)),
        );
        const { dsfda: own } = await adaptDsfda(setup.device, source, faces, { signal });
        classifier.write(own.parameters);
      },
      classifier,
    );
  },
};
