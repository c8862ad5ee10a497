import { dirname, join } from "node:path";
import process from "node:process";
import { fileSize } from "../../io/files/file_size.ts";
import { WriteError } from "../../io/files/writing.ts";
import { findCheckpoint } from "../../io/hub/find_model.ts";
import { schedule } from "../../kernels/schedule.ts";
import type { Enrolment } from "../../media/features/enrolment.ts";
import { loadEnrolment } from "../../media/features/enrolment_file.ts";
import { preparationOf } from "../../media/features/preparation.ts";
import { VideoError } from "../../media/video/video_error.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { findCard } from "../train/card_path.ts";
import { preparationMismatch } from "../../model/clip_au/preparation.ts";
import { openReader } from "../../person/open_reader.ts";
import { loadSubject, saveSubject } from "../../tta/clip_autt/subject_file.ts";
import { inferAmbivalence } from "../ambivalence/infer_ambivalence.ts";
import { takeTask } from "../ambivalence/task_option.ts";
import { enrolmentPath, makeFolderOf, subjectPath } from "../people/subject_path.ts";
import { Interrupted, stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { StageClock } from "../terminal/stage_clock.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { openNamed, sentenceOf, userPath } from "../terminal/terminal.ts";
import { aboutReader } from "./about.ts";
import { loadParts } from "./choose_parts.ts";
import { tellStory } from "./demo_story.ts";
import { type InferCommand, readCommand } from "./command.ts";
import type { NamedVideo } from "./find_videos.ts";
import { readVideo, type Run } from "./read_video.ts";
import { summarise } from "./summary.ts";
import { madeOf, tellPrecision } from "./tell_precision.ts";
import { guardInputs } from "./write_outputs.ts";

/** The `infer` command. */
export async function infer(args: string[]): Promise<number> {
  const { task, rest } = takeTask(args);
  if (task === "ambivalence") return await inferAmbivalence(rest);
  const command = await readCommand(rest);
  const videos = await undone(command);
  if (videos.length === 0) {
    if (command.videos.length > 0) return 0;
    throw new Error(`Cannot find a video in ${command.named.join(", ")}`);
  }
  const guard = await guardInputs(await inputsOf(command));
  for (const video of videos) await guard(command.outputs(video));
  if (command.story) return await tellStory(command, guard);
  const parts = await loadParts(command.method, command);
  const model = await modelPath(command.model, command.yes);
  const state = stateOf(command);
  if (state !== undefined) await makeFolderOf(state);
  const enrolment = await enrolmentOf(command, parts.head);
  if (command.model === "demo") {
    say(
      "the demo's model: it knows drawn faces only, and says nothing about people " +
        "(demo/model/CARD.md)",
    );
  }
  const card = await findCard(command.head);
  if (card !== undefined) say(`whom the head was trained on, and how well it does: ${card}`);
  const clock = new StageClock();
  let worst = 0;
  return await stoppable(
    async (signal) => {
      using device = await openNamed(command);
      const { method: { entry }, faces, precision } = command, onePerson = state !== undefined;
      const opening = clock.time(
        "load",
        () =>
          openReader({ device, model, precision, entry, ...parts, onePerson, faces, enrolment }),
      );
      using reader = await untilInterrupted(opening, signal);
      const letGo = () => {
        reader[Symbol.dispose]();
        device.pool.trim();
      };
      const { clip, detector } = reader.watcher;
      const seen = preparationOf(detector !== undefined, clip.config.image.size);
      const mismatch = preparationMismatch(parts.head?.preparations, [seen]);
      if (mismatch !== undefined) say(mismatch);
      tellPrecision(clip, madeOf(parts));
      const about = await aboutReader(reader, command, parts);
      if (state !== undefined && await fileSize(state) !== undefined) {
        reader.decider?.autt?.restore(await loadSubject(state));
      }
      for (const video of videos) {
        const code = await readAndTell(video, command, {
          reader,
          about,
          guard,
          signal,
          clock,
          keep: state === undefined ? undefined : (learnt) => saveSubject(state, learnt),
          letGo: video === videos.at(-1) ? letGo : undefined,
        });
        worst = worst === 4 ? 4 : Math.max(worst, code);
        if (code === 5 || (!command.many && code !== 0)) return code;
      }
      if (command.profile) {
        const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
        say(clock.table());
        say(
          `memory: ${mebibytes(device.pool.peakBytes)} of the device at most, ` +
            `${mebibytes(Deno.memoryUsage().rss)} resident at the end, ` +
            `${mebibytes(1024 * process.resourceUsage().maxRSS)} at most`,
        );
        const { user, system } = process.cpuUsage();
        say(
          `processor: ${
            ((user + system) / 1e6).toFixed(1)
          } s on all cores together, without ffmpeg`,
        );
        const { software, probe } = device.adapter,
          { matmul, attention } = schedule(device.adapter);
        say(
          `probe: ${probe.milliseconds?.toFixed(0)} ms, ${probe.broadcast.toFixed(1)} GFLOP/s by ` +
            `broadcast and ${probe.workgroup.toFixed(1)} by workgroup memory: kernels for a ` +
            `${
              software ? "software adapter" : "GPU"
            }, matmul by ${matmul}, attention by ${attention}, schedule ` +
            device.schedule.fingerprint,
        );
      }
      return worst;
    },
    command.many
      ? "stopped: what is written is whole; continue with --resume"
      : "stopped: nothing was written",
    "end",
  );
}

/** With `--resume`, the videos that have no output yet. */
async function undone({ videos, resume, outputs }: InferCommand): Promise<readonly NamedVideo[]> {
  if (!resume) return videos;
  const left: NamedVideo[] = [];
  for (const video of videos) {
    const files = [outputs(video).json, outputs(video, 1).json].filter((path) =>
      path !== undefined
    );
    const sizes = await Promise.all(files.map(fileSize));
    if (sizes.every((size) => size === undefined)) left.push(video);
  }
  if (left.length < videos.length) say(`${videos.length - left.length} videos are done already`);
  return left;
}

/** All files that the command reads. */
async function inputsOf(
  { model, videos, head, sources, translator, dsfda, subject }: InferCommand,
): Promise<string[]> {
  const parts = [...videos, head, sources, translator, dsfda];
  const checkpoint = await findCheckpoint(userPath(model));
  return [
    ...parts.flatMap((file) => file ? [file.path] : []),
    ...checkpoint === undefined ? [] : [
      checkpoint,
      ...["config.json", "tokenizer.json"].map((name) => join(dirname(checkpoint), name)),
    ],
    ...subject === undefined ? [] : [subjectPath(subject), enrolmentPath(subject)],
  ];
}

/** The file with what is learned about the person; says so if the method saves nothing. */
function stateOf({ subject, method: { keeps, entry } }: InferCommand): string | undefined {
  if (subject === undefined || !entry) return undefined;
  if (keeps) return subjectPath(subject);
  say(`"${entry.name}" begins anew with each video: nothing that it learns of ${subject} is kept`);
  return undefined;
}

/** The person's resting face, if they are enrolled; says what it is used for, or what goes without it. */
async function enrolmentOf(
  { subject, method: { entry } }: InferCommand,
  head: Head | undefined,
): Promise<Enrolment | undefined> {
  const path = subject === undefined ? undefined : enrolmentPath(subject);
  if (path !== undefined && await fileSize(path) !== undefined) {
    if (entry && !head?.neutral) {
      const why = head
        ? "this head was not trained with --centred"
        : `"${entry.name}" takes no head`;
      say(`${why}: ${subject}'s resting face is used for Action Units alone`);
    }
    return await loadEnrolment(path);
  }
  if (entry && !head?.neutral) return undefined;
  const what = !entry
    ? "its Action Units are compared with their mean over the video. That works much"
    : head?.rest && entry.adapts !== false
    ? "their resting face is found in the video itself, in its calmest quarter. Decisions are"
    : "using the average neutral face. Decisions are much";
  say(
    `No enrolment for this person; ${what} better after ` +
      "`./autt enroll --subject NAME VIDEO`, with a short video of their resting face.",
  );
  return undefined;
}

/** Reads a video and tells the user; returns the exit code for this video. */
async function readAndTell(video: NamedVideo, command: InferCommand, run: Run): Promise<number> {
  try {
    let code = 0;
    for (const { person, analysis } of await readVideo(video, command, run)) {
      const name = person === undefined ? video.name : `${video.name}, person ${person}`;
      const told = summarise(name, analysis, run.about);
      if (command.printed) say(told);
      else console.log(told);
      if (analysis.abstained !== undefined) code = 3;
    }
    return code;
  } catch (error) {
    // If one output cannot be written, neither can the next.
    if (error instanceof Interrupted || error instanceof WriteError) throw error;
    clearStatus();
    const decoder = error instanceof VideoError && error.blame === "decoder";
    if (!command.many && !(error instanceof VideoError)) throw error;
    say(`error: ${error instanceof VideoError ? error.message : sentenceOf(error)}`);
    return decoder ? 5 : 4;
  }
}
