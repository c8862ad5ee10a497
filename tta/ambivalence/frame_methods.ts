/**
 * The models of BAH's authors on this project's features: LFAN and CAN, which read face, words and voice frame
 * by frame. Each learns from the source people when it is opened.
 *
 * @module
 */
import { FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import { type FrameForm, frameForms } from "../../model/frame_fusion/sizes.ts";
import {
  type MethodEntry,
  methodOf,
  type MethodSetup,
  type UnlabelledClip,
} from "../methods/method.ts";
import { type ClipFrames, toFrames } from "./clip_frames.ts";
import { probabilitiesOfFrames, togetherOf } from "./decide_frames.ts";
import { fitFrames, type PersonFrames } from "./fit_frames.ts";
import { KnownClips, sentencesOf } from "./known_clips.ts";
import { type FrameFitting, usualFrameFitting } from "./train_frames.ts";

const about: Readonly<Record<FrameForm, string>> = {
  lfan: "LFAN of BAH's authors: face, words and voice attend to one another in each frame",
  can: "CAN of BAH's authors: one softmax over face, words and voice weighs them in each frame",
};

/** LFAN and CAN, which are evaluated where they are named: learning them takes minutes without a GPU. */
export function frameMethods(training: FrameFitting = usualFrameFitting): MethodEntry[] {
  return frameForms.map((form): MethodEntry => ({
    name: form,
    about: about[form],
    needs: ["source labels", "source features", "transcripts"],
    adapts: false,
    settings: { ...training },
    open: (setup) => openFrames(form, training, setup),
  }));
}

async function openFrames(
  form: FrameForm,
  training: FrameFitting,
  { device, clip, classes, sources }: MethodSetup,
) {
  const known = KnownClips.of(clip), faceWidth = clip.config.embedding, seen: PersonFrames[] = [];
  for (const source of sources) {
    const { subject, label } = source;
    seen.push({ subject, label, ...await framesOf(source, known) });
  }
  const { parameters, scales, ...windows } = await fitFrames(device, seen, {
    ...{ form, classes: classes.length, faceWidth, training, heldShare: 0 },
  });
  const reader = new FrameReader(device, parameters);
  return methodOf(
    async (one) => {
      const frames = await framesOf(one, known);
      const features = toFrames(frames, faceWidth, parameters.sizes.modalities, scales);
      return togetherOf(await probabilitiesOfFrames(reader, features, windows));
    },
    undefined,
    reader,
  );
}

/** What is known of a clip, for models that read every frame. */
export async function framesOf(
  { transcript = "", voice, ...clip }: Pick<UnlabelledClip, "transcript" | "voice" | "features">,
  known: KnownClips,
): Promise<ClipFrames> {
  const faces = await clip.features();
  return { faces, sentences: await known.embedEach(sentencesOf(transcript)), voice };
}
