/**
 * Methods that tell from face, words and voice whether somebody is of two minds. Each learns from the
 * source people when it is opened, so that an evaluation needs no file.
 *
 * @module
 */
import { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import {
  type ConflictSizes,
  modalities,
  type Modality,
} from "../../model/conflict_fusion/sizes.ts";
import { onScale } from "../../model/conflict_fusion/voice_scale.ts";
import { type MethodEntry, methodOf, type MethodSetup } from "../methods/method.ts";
import { fitFusion } from "./fit_fusion.ts";
import { KnownClips } from "./known_clips.ts";
import { type FusionTraining, usualFusionTraining } from "./train_fusion.ts";

/** A method of fusion. */
interface Fusion {
  readonly name: string;
  readonly about: string;
  readonly form: ConflictSizes["form"];
  /** What it looks at, as far as it is there. */
  readonly uses: readonly Modality[];
}

const fusions: readonly Fusion[] = [
  {
    name: "face only",
    about: "a perceptron on the face alone",
    form: "concatenation",
    uses: ["video"],
  },
  {
    name: "text only",
    about: "a perceptron on the words alone, as CLIP's text tower embeds them",
    form: "concatenation",
    uses: ["text"],
  },
  {
    name: "voice only",
    about: "a perceptron on numbers about the voice alone",
    form: "concatenation",
    uses: ["audio"],
  },
  {
    name: "linear concatenation",
    about: "one layer on face, words and voice side by side: it can't learn that they disagree",
    form: "linear",
    uses: modalities,
  },
  {
    name: "concatenation",
    about: "a perceptron on face, words and voice side by side",
    form: "concatenation",
    uses: modalities,
  },
  {
    name: "conflict",
    about: "conflict fusion: a perceptron on differences and products of face, words and voice",
    form: "mlp",
    uses: modalities,
  },
  {
    name: "conflict-transformer",
    about: "conflict fusion: a transformer over the same",
    form: "transformer",
    uses: modalities,
  },
];

/** The methods of fusion, in the order of the table. */
export function fusionMethods(training: FusionTraining = usualFusionTraining): MethodEntry[] {
  return fusions.map((fusion): MethodEntry => ({
    name: fusion.name,
    about: fusion.about,
    needs: ["source labels", "source features", "transcripts"],
    adapts: false,
    settings: { ...training },
    open: (setup) => openFusion(fusion, training, setup),
  }));
}

async function openFusion(
  { form, uses }: Fusion,
  training: FusionTraining,
  { device, classes, sources, clip }: MethodSetup,
) {
  const known = KnownClips.of(clip), seen = await known.knowAll(sources);
  const fit = { form, uses, classes: classes.length, training };
  const { parameters, voice, wordsShare } = await fitFusion(device, seen, fit);
  const reader = await ConflictReader.open(device, parameters);
  return methodOf(
    async (one) => {
      const [decision] = await reader.decide([onScale(await known.know(one), voice)], wordsShare);
      return decision?.probabilities ?? [];
    },
    undefined,
    reader,
  );
}
