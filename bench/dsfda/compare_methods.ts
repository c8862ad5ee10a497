import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { clipName } from "../../model/clip/config.ts";
import { computeMetrics } from "../../numbers/scores/metrics.ts";
import { largestAt, meanOf } from "../../numbers/vectors.ts";
import { enrolled } from "../../tta/methods/enrolled.ts";
import { pft } from "../../tta/methods/pft.ts";
import { learnLatentPft } from "../../tta/pft/learn_latent_pft.ts";
import type { Dsfda } from "../../tta/dsfda/dsfda.ts";
import { FaceClassifier } from "../../tta/dsfda/face_classifier.ts";
import { classes } from "../../demo/dataset/cast.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { demoHead } from "../../demo/model.ts";
import { entryMethod } from "../personal/entry_method.ts";
import { HeadMethods, type TestPerson } from "../personal/methods.ts";
import { enrolledClips } from "../personal/heads.ts";
import type { SeenClip, SeenPerson } from "./see_people.ts";

/** A person's clips: those at rest that they are enrolled with, and those that are decided on. */
export interface Enrolled {
  readonly resting: readonly SeenClip[];
  readonly tested: readonly SeenClip[];
}

/** The first three clips at rest enroll a person, as in the benchmark. */
export function enrollmentOf(clips: SeenPerson): Enrolled {
  const resting = clips.filter(({ label }) => label === 0).slice(0, enrolledClips);
  return { resting, tested: clips.filter((clip) => !resting.includes(clip)) };
}

/** Mean recall of the classes in percent, one number a person. */
export function recallOf(people: readonly Enrolled[], decided: readonly (readonly number[])[]) {
  return people.map(({ tested }, n) =>
    100 * computeMetrics(tested.map(({ label }) => label), decided[n] ?? []).uar
  );
}

/** Decisions of DSFDA, the mean of a clip's frames; each person may have their own. */
export async function decideByDsfda(
  device: Device,
  people: readonly Enrolled[],
  own: readonly Dsfda[],
): Promise<number[][]> {
  const decided: number[][] = [];
  for (const [n, { tested }] of people.entries()) {
    using classifier = await FaceClassifier.open(device, (own[n] as Dsfda).parameters);
    const answers: number[] = [];
    for (const { faces } of tested) {
      answers.push(largestAt(meanOf(await classifier.decide(faces.pixels))));
    }
    decided.push(answers);
  }
  return decided;
}

/** Decisions by the two methods on CLIP's features that a person's rest is told to. */
export async function decideByFeatures(
  device: Device,
  clip: Clip,
  sources: readonly SeenPerson[],
  people: readonly Enrolled[],
  signal: AbortSignal,
): Promise<{ readonly enrolled: number[][]; readonly pft: number[][] }> {
  const { config } = clip, fingerprint = await clip.fingerprint();
  const translator = await learnLatentPft(
    device,
    sources.flatMap((clips, n) =>
      clips.map(({ label, features }) => ({
        ...{ subject: `${n}`, label },
        features: () => Promise.resolve(features),
      }))
    ),
    { classes, clip: { name: clipName(config), fingerprint }, width: config.embedding, signal },
  );
  using head = await HeadMethods.open(device, clip, await loadHead(demoHead));
  const tested = people.map(({ resting, tested }): TestPerson => ({
    clips: tested.map(({ features, label }) => ({ features, label })),
    neutral: resting.map(({ features }) => features),
  }));
  const setup = head.setup(device);
  return {
    enrolled: await entryMethod(enrolled, setup)(tested),
    pft: await entryMethod(pft, { ...setup, translator })(tested),
  };
}
