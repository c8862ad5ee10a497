import { basename } from "node:path";
import { demoAmbivalence } from "../../demo/model.ts";
import { readNumbers } from "../infer/number_options.ts";
import {
  modelHelp,
  modelOptions,
  parseOptions,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Tells whether somebody in a video is of two minds, and in which moment what disagrees.

usage: ./autt infer --task ambivalence VIDEO --head FILE [--transcript FILE] [options]
  VIDEO             any that ffmpeg decodes, or a folder of frames as pictures
  --head FILE       a head from \`./autt train --task ambivalence\`
  --subject NAME    a person whom \`./autt enroll\` knows: their resting face is used, with a head that was
                    trained with --centred
  --transcript FILE what is said: BAH's .yml, .srt, .vtt, Whisper's .json, or .txt without times
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32);
                    "demo" is the demo's model with its head: it knows drawn faces only
  --from S, --to S  read this part of the video, in seconds
  --every N         look at every Nth frame (default 2; 1 with --model demo)
  --person N        whom to watch, in the order of appearance (default: the largest and most central)
  --no-face-crop    the frames show nothing but a face
  --least X         the lowest probability that counts as an answer (default 0.6 for two classes)
  --json FILE       everything, for programs
  --csv FILE        a row for each frame with a face: its time and probability
  --report FILE     a page with what speaks for the answer, to look at and to print
${modelHelp}

Face, words and voice may each be missing: the answer says what there was. The whole video is decided on, and
each sentence by itself; the answer is of whichever finds ambivalence likelier, as one moment makes a video
ambivalent. What disagrees in a moment is found by leaving out the face, the words or the voice:
it is the two without which ambivalence would be least likely. Faces, words and voices never leave the
machine. Exit codes: 0 an answer, 3 none, 2 an invalid command line, 1 any other error. Not a medical device.`;

/** What the user asked for. */
export type AmbivalenceCommand = ReturnType<typeof readInferOptions>;

/** Reads the command line. */
export function readInferOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts("head", "subject", "transcript", "from", "to", "every", "person", "least"),
    ...texts("json", "csv", "report"),
    ...switches("no-face-crop"),
    model: { type: "string", default: "vit-b-32" },
  }, help);
  const [video] = positionals;
  if (video === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot read ${positionals.length} videos: name one`);
  }
  const demo = values.model === "demo";
  const head = values.head ?? (demo ? demoAmbivalence : undefined);
  if (head === undefined) {
    throw new UsageError(
      "Cannot tell ambivalence without a head: name one of `./autt train --task ambivalence` " +
        "with --head",
    );
  }
  const { least, every, person, from, to } = readNumbers(values);
  const outputs = {
    json: userPath(values.json),
    csv: userPath(values.csv),
    report: userPath(values.report),
  };
  return {
    ...values,
    precision: readPrecision(values.precision),
    video: { name: basename(video), path: userPath(video) },
    headPath: values.head === undefined ? head : userPath(head),
    headName: values.head ?? "the demo's",
    transcriptPath: userPath(values.transcript),
    faces: values["no-face-crop"] ? "whole frame" as const : "find" as const,
    outputs,
    options: { from, to, person, every: every ?? (demo ? 1 : 2) },
    leastProbability: least,
  };
}
