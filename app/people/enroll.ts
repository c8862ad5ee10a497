import { environment } from "../../engine/mod.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { makePrivateFolder } from "../../io/files/make_private_folder.ts";
import { mergeEnrolments } from "../../media/features/enrolment.ts";
import { loadEnrolment, saveEnrolment } from "../../media/features/enrolment_file.ts";
import { VideoError } from "../../media/video/video_error.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { checkClipOfHead } from "../../model/clip_au/clip_au.ts";
import { wantsMirrored } from "../../model/clip/mirrored.ts";
import { enrollPerson, NoFaceError } from "../../person/enroll_person.ts";
import { clockTime } from "../../person/event_groups.ts";
import { openWatcher } from "../../media/features/open_watcher.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, say, showStatus } from "../terminal/status_line.ts";
import {
  allowedNumber,
  isWhole,
  modelHelp,
  modelOptions,
  openNamed,
  parseOptions,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { saveDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { shownSide } from "../../tta/dsfda/dsfda.ts";
import { saveLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { adaptNetworks, describeNetworks, readNetworks, showGenerated } from "./enroll_dsfda.ts";
import { readCalmest, readStretch } from "./enroll_stretch.ts";
import { tellPrecision } from "../infer/tell_precision.ts";
import { adaptTo, describeAdapted, readTranslator } from "./enroll_translator.ts";
import { dsfdaPath, enrolmentPath, makeFolderOf, translatorPath } from "./subject_path.ts";

const help =
  `Learns what a person's face is like at rest, for heads that were trained with --centred.

usage: ./autt enroll --subject NAME VIDEO … [options]
  VIDEO             a few seconds of the person without any expression, or a folder of pictures;
                    with --calmest, any video of them
  --subject NAME    the name under which \`infer --subject NAME\` finds it
  --model NAME      the CLIP of the head, as in \`infer\` (default vit-b-32; demo for the demo's)
  --from S, --to S  use this part of the video, in seconds (with one video only)
  --calmest S       only the calmest S seconds of each video, found by what a head learned of resting
                    faces: for videos that show more than a resting face
  --head FILE       that head, trained with --centred (the demo's with --model demo)
  --person N        whom to enroll, in the order of appearance (default: the main person)
  --no-face-crop    the frames show nothing but a face
  --every N         look at every Nth frame (default 2)
  --method NAME     pft: also adapt latent PFT's translator to these videos, for \`infer --method pft\`;
                    dsfda: also adapt DSFDA's networks, in minutes, for \`infer --method dsfda\`
  --translator FILE the translator: \`./autt train LABELS --translator FILE\`
  --dsfda FILE      DSFDA's networks, trained on source people
  --show FOLDER     write the faces that DSFDA generates here, to look at; they are kept nowhere else
  --mirror          for heads that were trained with --mirror
  --again           replace what is known of this person's face, instead of adding to it
${modelHelp}

It keeps the mean of the face's features and how many frames it came from, not a picture;
\`./autt subject NAME\` shows it and deletes it. Exit codes: 0 done, 2 an invalid command line, 3 no face was
seen, 4 a video that cannot be read, 5 no ffmpeg, 1 any other error, 130 Ctrl-C. After an error, what was
known before is unchanged.`;

/** The `enroll` command. */
export async function enroll(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    subject: { type: "string" },
    model: { type: "string", default: "vit-b-32" },
    every: { type: "string", default: "2" },
    ...texts("from", "to", "calmest", "head", "person", "method", "translator", "dsfda", "show"),
    ...switches("no-face-crop", "again", "mirror"),
  }, help);
  if (values.subject === undefined) {
    throw new UsageError("Cannot enroll somebody without a name: give one with --subject");
  }
  if (positionals.length === 0) {
    throw new UsageError("Cannot enroll somebody from 0 videos: name one of their resting face");
  }
  const every = allowedNumber(
    values.every,
    isWhole,
    `Cannot use --every ${values.every}: wanted a whole number from 1 on`,
  );
  const stretch = readStretch(values, positionals.length);
  const person = values.person === undefined ? undefined : allowedNumber(
    values.person,
    isWhole,
    `Cannot enroll person ${values.person}: wanted a whole number from 1 on`,
  );
  if (person !== undefined && values["no-face-crop"]) {
    throw new UsageError("Cannot tell people apart without looking for faces: leave out --person");
  }
  const videos = new Map(positionals.map((name) => [userPath(name), name]));
  const path = enrolmentPath(values.subject), personal = translatorPath(values.subject);
  const precision = readPrecision(values.precision);
  const networks = await readNetworks(values), show = userPath(values.show);
  // A folder that can't be made is told before minutes of adapting, not after.
  if (networks && show !== undefined) await makePrivateFolder(show);
  const learnt = networks ? undefined : await readTranslator(values);
  const calmest = await readCalmest(values), pictures: Uint8Array[][] = [];
  const clips: Float32Array[] = [], stretches = new Map<string, { from: number; to: number }>();
  const there = await fileSize(path) !== undefined;
  const known = there && !values.again ? await loadEnrolment(path) : undefined;
  const model = await modelPath(values.model, values.yes);
  const enrolling = stoppable(
    async (signal) => {
      using device = await openNamed(values);
      const mirrored = values.mirror || wantsMirrored(learnt?.clip, calmest?.head.clip);
      const loading = loadClip(device, model, { precision, mirrored });
      using clip = await untilInterrupted(loading, signal);
      const faces = values["no-face-crop"] ? "whole frame" : "find";
      if (calmest) {
        await checkClipOfHead(clip, calmest.head);
        tellPrecision(clip, { head: calmest.head.clip });
      }
      using watcher = await untilInterrupted(openWatcher(clip, faces), signal);
      if (networks) watcher.keepPictures(shownSide(networks));
      const watching = enrollPerson(watcher, positionals.map(userPath), {
        every,
        ...stretch,
        calmest,
        person,
        signal,
        onClip(features, seen) {
          clips.push(features);
          if (networks) pictures.push(seen.flatMap(({ picture }) => picture ? [picture] : []));
        },
        onStretch: (video, from, to) => stretches.set(video, { from, to }),
        ffmpeg: environment("AUTT_FFMPEG"),
        onFrame(video, frames) {
          if (Deno.stderr.isTerminal()) showStatus(`${videos.get(video)}: ${frames} frames seen`);
        },
      });
      const fresh = await untilInterrupted(watching, signal);
      clearStatus();
      const all = known ? mergeEnrolments(known, fresh) : fresh;
      const adapted = learnt && await adaptTo(device, clip, learnt, clips, signal);
      const own = networks && await adaptNetworks(device, networks, pictures, signal);
      clearStatus();
      await makeFolderOf(path);
      // What can't be shown must leave what was known before as it is.
      if (own && show !== undefined) await showGenerated(show, own.generated);
      if (own) await saveDsfda(dsfdaPath(values.subject ?? ""), own.dsfda);
      if (adapted) await saveLatentPft(personal, adapted.pft);
      await saveEnrolment(path, all);
      console.log(
        `${values.subject} is enrolled with ${all.frames} frames of ${all.videos} videos` +
          (known ? `, ${fresh.frames} of them new` : ""),
      );
      for (const [video, { from, to }] of calmest ? stretches : []) {
        console.log(`calmest in ${videos.get(video)}: ${clockTime(from)} to ${clockTime(to)}`);
      }
      if (adapted) console.log(describeAdapted(values.subject ?? "", adapted));
      if (own) console.log(describeNetworks(values.subject ?? "", own));
      return 0;
    },
    "stopped: nothing was written",
    "end",
  );
  try {
    return await enrolling;
  } catch (error) {
    if (error instanceof NoFaceError) {
      const name = videos.get(error.video);
      say(`error: Cannot enroll ${values.subject} by "${name}": no face was seen in it`);
      return 3;
    }
    if (!(error instanceof VideoError)) throw error;
    say(`error: ${error.message}`);
    return error.blame === "decoder" ? 5 : 4;
  }
}
