/**
 * Methods that tell from face, words and voice whether somebody is of two minds. Each learns from the
 * source people when it is opened, so that an evaluation needs no file.
 *
 * @module
 */
import type { Clip } from "../../model/clip/clip.ts";
import { ConflictReader, usualWordsShare } from "../../model/conflict_fusion/conflict_reader.ts";
import {
  type ConflictSizes,
  modalities,
  type Modality,
  usualConflictSizes,
} from "../../model/conflict_fusion/sizes.ts";
import { type MethodEntry, methodOf, type MethodSetup } from "../methods/method.ts";
import { KnownClips } from "./known_clips.ts";
import {
  chooseWordsShare,
  findModalities,
  type FusionTraining,
  onScale,
  type PersonClip,
  trainFusion,
  usualFusionTraining,
  voiceScale,
} from "./train_fusion.ts";

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
  // Methods of one evaluation see the same sentences: each is embedded once.
  const knowing = new WeakMap<Clip, KnownClips>();
  const known = (clip: Clip) => {
    const found = knowing.get(clip) ?? new KnownClips(clip);
    knowing.set(clip, found);
    return found;
  };
  return fusions.map((fusion): MethodEntry => ({
    name: fusion.name,
    about: fusion.about,
    needs: ["source labels", "source features", "transcripts"],
    adapts: false,
    settings: { ...training },
    open: (setup) => openFusion(fusion, training, setup, known(setup.clip)),
  }));
}

/** Every so many source people are not trained on: the share of the words is chosen on them. */
const heldEvery = 5;

async function openFusion(
  { form, uses, name }: Fusion,
  training: FusionTraining,
  { device, classes, sources }: MethodSetup,
  known: KnownClips,
) {
  const seen: PersonClip[] = [];
  for (const source of sources) {
    const { subject, label } = source;
    seen.push({ subject, label, known: await known.know(source) });
  }
  const scale = voiceScale(seen.map((one) => one.known));
  const clips = seen.map((one) => ({ ...one, known: onScale(one.known, scale) }));
  const used = findModalities(clips.map((one) => one.known), uses);
  if (used.length === 0) {
    throw new TypeError(`Cannot open "${name}": no source clip has ${uses.join(", ")}`);
  }
  const sizes = { ...usualConflictSizes(form, used), classes: classes.length };
  const people = [...new Set(clips.map(({ subject }) => subject))].sort();
  const held = new Set(people.filter((_, i) => people.length > 1 && i % heldEvery === 0));
  const learnt = clips.filter(({ subject }) => !held.has(subject));
  const parameters = await trainFusion(device, sizes, learnt, training);
  const share = sizes.modalities.length > 1 && form !== "linear"
    ? await chooseWordsShare(device, parameters, clips.filter(({ subject }) => held.has(subject)))
    : usualWordsShare;
  const reader = await ConflictReader.open(device, parameters);
  return methodOf(
    async (one) => {
      const [decision] = await reader.decide([onScale(await known.know(one), scale)], share);
      return decision?.probabilities ?? [];
    },
    undefined,
    reader,
  );
}
