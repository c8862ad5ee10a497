import { dirname } from "node:path";
import { type Device, environment } from "../../engine/mod.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { checkEnrolment } from "../../media/features/enrolment.ts";
import { preparationOf } from "../../media/features/preparation.ts";
import { featuresOf, type SeenFrame } from "../../media/features/seen_frame.ts";
import { readSpeech, type Speech } from "../../media/speech/read_speech.ts";
import { readTranscript } from "../../media/transcript/read_transcript.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { preparationMismatch } from "../../model/clip_au/preparation.ts";
import { type ConflictHead, readConflictHead } from "../../model/conflict_fusion/conflict_file.ts";
import { modalities } from "../../model/conflict_fusion/sizes.ts";
import { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import {
  type FrameHead,
  holdsFrameHead,
  readFrameHead,
} from "../../model/frame_fusion/frame_file.ts";
import { FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import type { AmbivalenceDecider } from "../../person/ambivalence/decider.ts";
import { decideByFrames } from "../../person/ambivalence/frame_decider.ts";
import { decideByFusion } from "../../person/ambivalence/fusion_decider.ts";
import type { Observation } from "../../person/observe.ts";
import { type Analysis, percent, usualLeastProbability } from "../../person/analyse.ts";
import {
  type AmbivalenceReading,
  readAmbivalence,
} from "../../person/ambivalence/read_ambivalence.ts";
import { Centring } from "../../person/centring.ts";
import { openReader } from "../../person/open_reader.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import { projectVersion } from "../infer/about.ts";
import { FaceAlbum } from "../infer/report/thumbnails.ts";
import { tellPrecision } from "../infer/tell_precision.ts";
import { showProgress } from "../infer/show_progress.ts";
import { guardInputs } from "../infer/write_outputs.ts";
import { enrolmentPath } from "../people/subject_path.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { openNamed } from "../terminal/terminal.ts";
import { type AmbivalenceCommand, readInferOptions } from "./infer_options.ts";
import { findEnrolment, tellRest } from "./resting_face.ts";
import { summariseAmbivalence, type ToldReading } from "./told_reading.ts";
import { writeReading } from "./write_reading.ts";

/** `infer --task ambivalence`. */
export async function inferAmbivalence(args: string[]): Promise<number> {
  const command = readInferOptions(args);
  await checkOutputs(command);
  const transcript = command.transcriptPath === undefined
    ? undefined
    : await readTranscript(command.transcriptPath);
  const head = await loadHead(command.headPath);
  const centres = "neutral" in head && head.neutral !== undefined;
  const enrolment = await findEnrolment(command.subject, centres);
  const model = await modelPath(command.model, command.yes);
  if (command.model === "demo") {
    say("the demo's model: it knows drawn faces only, and says nothing about people");
  }
  return await stoppable(
    async (signal) => {
      using device = await openNamed(command);
      using reader = await openReader({
        ...{ device, model, entry: undefined, head: undefined, classes: [], sources: undefined },
        ...{ onePerson: false, faces: command.faces, enrolment },
        precision: command.precision,
      });
      const { clip, detector } = reader.watcher;
      await checkClip(clip, head, command.headName);
      const seenAs = preparationOf(detector !== undefined, clip.config.image.size);
      const mismatch = preparationMismatch(head.preparations, [seenAs]);
      if (mismatch !== undefined) say(mismatch);
      tellPrecision(clip, { head: head.clip });
      if (enrolment && centres) checkEnrolment(enrolment, await reader.watcher.featureKind());
      using owned = new DisposableStack();
      const album = new FaceAlbum();
      const analysis = await watch(reader, command, album, signal);
      const { from, to } = command.options;
      const speech = await readSpeech(clip, command.video.path, {
        ...{ transcript, signal, ffmpeg: environment("AUTT_FFMPEG") },
        ...from !== undefined && { from },
        ...to !== undefined && { to },
      });
      const seconds = lengthOf(analysis.frames, speech);
      const takes = new Set(head.parameters.sizes.modalities.map(({ name }) => name));
      const nothing = ![
        takes.has("video") && analysis.seen.length > 0,
        takes.has("text") && speech.sentences.length > 0,
        takes.has("audio") && speech.track !== undefined,
      ].includes(true);
      const centring = new Centring(centres ? head : {}, enrolment);
      const features = featuresOf(analysis.seen);
      const seen = {
        ...analysis,
        features: features.length === 0 ? features : centring.next(features),
      };
      const reading = nothing ? undefined : await readAmbivalence(
        await openDecider(device, head, { seen, speech, seconds, clip }, owned),
        seen,
        speech,
        seconds,
      );
      clearStatus();
      const abstained = nothing
        ? "there is nothing that the head has learnt from: no face, no words, no voice"
        : tooUncertain(reading, command.leastProbability);
      const told: ToldReading = {
        video: command.video.name,
        ...{ classes: head.classes, reading, abstained, analysis, transcript },
        warnings: speech.missing.filter((one) => one.startsWith("Not all words")),
        parts: [
          ...partsOf(analysis, speech, head),
          ...tellRest(centring.source, command.subject),
        ],
        rest: centring.source,
        made: {
          ...{ version: projectVersion, adapter: device.adapter.name, clip: await clip.identity() },
          schedule: device.schedule.fingerprint,
          head: { path: command.headName, ...head.trainedOn },
        },
      };
      await writeReading(told, command.outputs, album);
      console.log(summariseAmbivalence(told));
      return abstained === undefined ? 0 : 3;
    },
    "stopped: nothing was written",
    "end",
  );
}

type AnyHead = ConflictHead | FrameHead;

async function loadHead(path: string): Promise<AnyHead> {
  using file = await openTensors(path);
  return holdsFrameHead(file) ? await readFrameHead(file) : await readConflictHead(file);
}

/** Decides by conflict fusion on stretches of a video, or by LFAN or CAN on frames. */
async function openDecider(
  device: Device,
  head: AnyHead,
  { seen, speech, seconds, clip }: {
    readonly seen: Pick<Observation, "seen" | "features">;
    readonly speech: Speech;
    readonly seconds: number;
    readonly clip: Clip;
  },
  owned: DisposableStack,
): Promise<AmbivalenceDecider> {
  if ("scales" in head) {
    const reader = owned.use(new FrameReader(device, head.parameters));
    return await decideByFrames(reader, head, seen, speech, seconds, clip.config.embedding);
  }
  const reader = owned.use(await ConflictReader.open(device, head.parameters));
  return decideByFusion(reader, head, seen, speech, seconds);
}

/** Throws unless the head was trained on features of this CLIP. */
async function checkClip(clip: Clip, head: AnyHead, name: string): Promise<void> {
  const fingerprint = await clip.fingerprint();
  if (head.clip.fingerprint === fingerprint) return;
  throw new Error(
    `Cannot use the head "${name}": it was trained with the CLIP ${head.clip.name} ` +
      `${head.clip.fingerprint.slice(0, 12)}, and this is ${
        fingerprint.slice(0, 12)
      }: name that one ` +
      `with --model`,
  );
}

/** Watches the person once: Action Units and the fusion use the same features. */
async function watch(
  { watcher, observer }: VideoReader,
  { video, options, outputs }: AmbivalenceCommand,
  album: FaceAlbum,
  signal: AbortSignal,
): Promise<Analysis> {
  const onProgress = showProgress(options.from ?? 0, 0);
  let done = 0;
  const watching = {
    ...{ signal, to: options.to },
    showFace: outputs.report === undefined ? undefined : album.take,
    onFrame: (seconds: number, end: number | undefined) =>
      onProgress({ stage: "watching", done: ++done, seconds, end }),
  };
  const open = () =>
    openFrames(video.path, { ...options, signal, ffmpeg: environment("AUTT_FFMPEG") });
  const frames = await Array.fromAsync(watcher.watch(open, options.person, watching));
  return {
    ...observer.observe(frames),
    ...{ windows: [], adaptation: undefined, abstained: undefined },
  };
}

/** How long a video is, as far as frames and sentences tell. */
function lengthOf(frames: readonly SeenFrame[], { sentences }: Speech): number {
  const [first, second] = frames, last = frames.at(-1)?.seconds ?? 0;
  const between = second && first ? second.seconds - first.seconds : 0;
  return Math.max(last + between, ...sentences.map(({ end, start }) => end ?? start ?? 0));
}

function tooUncertain(reading: AmbivalenceReading | undefined, wanted: number | undefined) {
  const { probabilities = [] } = reading?.answer ?? {};
  const likeliest = Math.max(...probabilities);
  const least = wanted ?? usualLeastProbability(probabilities.length);
  return likeliest < least
    ? `too uncertain: the likeliest class has ${percent(likeliest)}, and ${
      percent(least)
    } is the least`
    : undefined;
}

/** What there was of face, words and voice, in sentences. */
function partsOf(
  { frames, seen }: Analysis,
  { sentences, timed, track, missing }: Speech,
  { parameters: { sizes } }: AnyHead,
): string[] {
  const why = (start: string) => {
    const found = missing.find((one) => one.startsWith(start));
    return found?.slice(start.length).replace(/^: |\.$/g, "");
  };
  const told = {
    video: seen.length === 0
      ? `face: none was seen in ${frames.length} frames`
      : `face: seen in ${seen.length} of ${frames.length} frames`,
    text: sentences.length === 0
      ? `words: none, ${why("No words")}`
      : `words: ${sentences.length} sentences${timed ? "" : " without times"}`,
    audio: track ? `voice: ${why("No voice") ?? "heard"}` : `voice: none, ${why("No sound")}`,
  };
  return modalities.map((name) =>
    sizes.modalities.some((one) => one.name === name)
      ? told[name]
      : `${told[name]}; not used, since the head has not learnt from it`
  );
}

async function checkOutputs(
  { outputs, video, transcriptPath, headPath, subject }: AmbivalenceCommand,
) {
  for (const path of Object.values(outputs)) {
    if (path !== undefined && !await isFolder(dirname(path))) {
      throw new Error(`Cannot write "${path}": there is no folder ${dirname(path)}`);
    }
  }
  const inputs = [video.path, headPath];
  if (transcriptPath !== undefined) inputs.push(transcriptPath);
  if (subject !== undefined) inputs.push(enrolmentPath(subject));
  const guard = await guardInputs(inputs);
  await guard(outputs);
}
