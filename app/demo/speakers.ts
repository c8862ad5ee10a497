import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { drawFace } from "../../demo/drawing/draw_face.ts";
import {
  type Answer,
  framesPerSecond,
  planAnswer,
  type SpokenSentence,
  transcriptOf,
} from "../../demo/speakers/answer.ts";
import { answersOf, drawSpeaker } from "../../demo/speakers/speaker.ts";
import { drawVoice, encodeWav } from "../../demo/speakers/voice_sound.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { countdown } from "../terminal/status_line.ts";
import {
  allowedNumber,
  isWhole,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Draws videos of people who speak, with sound and transcripts, laid out as BAH is.

usage: ./autt demo:speakers FOLDER [options]
  --people N        (default 6)
  --answers N       of each, of 14 (default 7)
  --seed N          each gives other people (default 1)
  --one-sentence    in ambivalent answers, face and voice are against the words in the second sentence
                    alone; else in all three
  --unusual-rest    faces at rest look as if they were for or against something, and question 1 is answered
                    at rest
  -h, --help        this text

FOLDER gets Videos/…, transcription/… and labels.txt, as \`train --task ambivalence\`, \`eval --dataset bah\`
and \`infer --task ambivalence\` take them. A voice is tones: no words can be heard in it.`;

/** Pixels along a side. The face fills the picture, as in those that the demo's model was trained on. */
const size = 192;

await runCommand(async (args) => {
  const { values, positionals: [name, ...others] } = parseOptions(args, {
    people: { type: "string", default: "6" },
    answers: { type: "string", default: "7" },
    seed: { type: "string", default: "1" },
    "one-sentence": { type: "boolean", default: false },
    "unusual-rest": { type: "boolean", default: false },
  }, help);
  if (name === undefined || others.length > 0) throw new UsageError("Cannot draw: name one folder");
  const whole = (option: "people" | "answers" | "seed", most = 10_000) =>
    allowedNumber(
      values[option],
      (x) => isWhole(x) && x <= most,
      `Cannot draw with --${option} ${values[option]}: wanted a whole number from 1 to ${most}`,
    );
  const people = whole("people"), answers = whole("answers", 14), seed = whole("seed");
  const where = values["one-sentence"] ? (sentence: number) => sentence === 1 : undefined;
  const variant = values["unusual-rest"] ? "rest" : "conflict";
  const folder = userPath(name), show = countdown(people * answers, "answers drawn");
  return await stoppable(async (signal) => {
    const lines: string[] = [];
    for (let person = 0; person < people; person++) {
      const speaker = drawSpeaker(variant, seed, person), tasks = answersOf(variant, seed, person);
      const subject = `${80000 + 100 * seed + person}`;
      for (const [i, task] of tasks.slice(0, answers).entries()) {
        signal.throwIfAborted();
        const path = [7300, seed, person, i];
        const answer = planAnswer(speaker, task, path, where);
        const time = `2026-01-${String(1 + i).padStart(2, "0")}_12-00-00`;
        const video = `Videos/${subject}/Visite_1/${subject}_Question_${
          task.question + 1
        }_${time}_Video.mp4`;
        await encode(answer, join(folder, video), path);
        await writeTranscript(join(folder, "transcription", video), answer.sentences);
        lines.push(
          `${video},${task.label},${transcriptOf(answer.sentences).replaceAll("\n", " ")}`,
        );
        show(lines.length);
      }
    }
    await Deno.writeTextFile(join(folder, "labels.txt"), lines.join("\n") + "\n");
    console.log(`${lines.length} answers of ${people} people: ${join(name, "labels.txt")}`);
    return 0;
  }, "stopped: labels.txt was not written");
}, Deno.args);

async function encode(
  { faces, sentences }: Answer,
  path: string,
  seed: readonly number[],
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const sound = `${path}.wav`;
  const seconds = faces.length / framesPerSecond;
  await Deno.writeFile(sound, encodeWav(drawVoice(sentences, seconds, ...seed)));
  try {
    const process = new Deno.Command(environment("AUTT_FFMPEG") ?? "ffmpeg", {
      args: [
        ...["-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb0"],
        ...["-s", `${size}x${size}`, "-r", `${framesPerSecond}`, "-i", "-", "-i", sound],
        ...["-c:v", "libx264", "-crf", "27", "-preset", "veryfast", "-pix_fmt", "yuv420p"],
        ...["-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart", path],
      ],
      stdin: "piped",
    }).spawn();
    const writer = process.stdin.getWriter();
    for (const face of faces) await writer.write(drawFace(face, size));
    await writer.close();
    const { code } = await process.status;
    if (code !== 0) throw new Error(`Cannot encode ${path}: ffmpeg ended with ${code}`);
  } finally {
    await Deno.remove(sound);
  }
}

/** As the data set has them: chunks of text with their times. */
async function writeTranscript(
  folder: string,
  sentences: readonly SpokenSentence[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const chunks = sentences.map(({ text, start, end }) =>
    `- text: ${text}.\n  timestamp:\n  - ${start.toFixed(2)}\n  - ${end.toFixed(2)}\n`
  );
  const name = folder.split("/").at(-1);
  await Deno.writeTextFile(join(folder, `${name}.yml`), `chunks:\n${chunks.join("")}`);
}
