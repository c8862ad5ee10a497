/**
 * Conflict fusion that knows the person's resting face: the face that it compares with words and voice is how
 * far they are from their own rest.
 *
 * @module
 */
import { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import { onScale } from "../../model/conflict_fusion/voice_scale.ts";
import { centred, neutralMean } from "../../model/clip_au/neutral.ts";
import { FoundRest } from "../../model/clip_au/rest.ts";
import {
  type MethodEntry,
  methodOf,
  type MethodSetup,
  type UnlabelledClip,
} from "../methods/method.ts";
import { fitFusion, holdOut } from "./fit_fusion.ts";
import { KnownClips } from "./known_clips.ts";
import { centreClips } from "./resting_faces.ts";
import { similarPeople } from "./similar_people.ts";
import { type FusionTraining, usualFusionTraining } from "./train_fusion.ts";

/** Where the resting face comes from. */
type From = "told" | "found";

/**
 * Conflict fusion relative to the resting face of the person's resting clips, or to one that is found; and
 * subject-based adaptation.
 */
export function personalMethods(training: FusionTraining = usualFusionTraining): MethodEntry[] {
  const shared = {
    needs: ["source labels", "source features", "transcripts", "source rest"] as const,
    settings: { ...training },
  };
  return [
    {
      ...shared,
      name: "conflict-enrolled",
      about: "conflict fusion, faces relative to the resting face of the person's resting clips",
      needs: [...shared.needs, "resting"],
      open: (setup) => openPersonal("told", training, setup),
    },
    {
      ...shared,
      name: "conflict-rest",
      about: "the same, relative to the resting face found in what was seen so far",
      open: (setup) => openPersonal("found", training, setup),
    },
    similarPeople(training),
  ];
}

async function openPersonal(from: From, training: FusionTraining, setup: MethodSetup) {
  const { device, classes, sources, sourceRest = [], clip } = setup;
  const width = clip.config.embedding, known = KnownClips.of(clip);
  const fit = { form: "mlp", classes: classes.length, training } as const;
  // As of people to decide on, resting clips are there for comparison alone.
  const aside = new Set(sourceRest.map(({ id }) => id));
  const answers = sources.filter(({ id }) => !aside.has(id));
  const teachers = new Set(holdOut(answers, fit).train.map(({ subject }) => subject));
  const { clips, neutral, rest } = await centreClips(sourceRest, answers, { width, teachers });
  const { parameters, voice, wordsShare } = await fitFusion(
    device,
    await known.knowAll(clips),
    fit,
  );
  const reader = await ConflictReader.open(device, parameters);
  const found = new FoundRest(rest, neutral);
  let told: Float32Array | undefined;
  const restOf = (features: Float32Array) => {
    if (told) return told;
    if (features.length > 0) found.see(features);
    return found.mean();
  };
  return methodOf(
    async (one) => {
      const features = await one.features(), face = centred(features, restOf(features), neutral);
      const made = { ...one, features: () => Promise.resolve(face) };
      const [decision] = await reader.decide([onScale(await known.know(made), voice)], wordsShare);
      return decision?.probabilities ?? [];
    },
    async ({ resting }) => {
      found.forget();
      told = from === "told" ? await meanOf(resting, width) : undefined;
    },
    reader,
  );
}

async function meanOf(resting: readonly UnlabelledClip[] | undefined, width: number) {
  if (!resting) {
    throw new TypeError("Cannot decide by an enrolment: the person has no resting clip");
  }
  return neutralMean(await Promise.all(resting.map((clip) => clip.features())), width).mean;
}
