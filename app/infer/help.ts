import { deviceHelp } from "../terminal/terminal.ts";
import { methodHelp } from "./choose_parts.ts";

/** The text of `infer --help`. */
export const help = `Reads the expression of a person in a video, adapted to that person.

usage: deno task infer VIDEO --head FILE [options]
       deno task infer VIDEO|FOLDER … --head FILE --out FOLDER [options]
       deno task infer VIDEO --method zero-shot --classes A,B [options]
       deno task infer                  a drawn face and the demo's small model: to see that it runs
  VIDEO             any that ffmpeg decodes, or a folder of frames as pictures; with --out a FOLDER
                    stands for the videos in it
  --head FILE       a head of \`deno task train\`, or the authors' .pth
  --classes A,B     names of the classes: for heads that don't have them, and instead of a head for
                    methods that ask for none
  --model NAME      a CLIP of \`deno task weights\`, ORG/REPO, a folder or a file (default vit-b-32);
                    demo is the demo's, which has a head, knows drawn faces and nothing of people
  --from S, --to S  seconds of the video
  --every N         every so many frames one (default 2)
  --rate N          frames a second of a folder of pictures (default 25)
  --person N        whom to watch, in the order of appearance (default: the largest and most central)
  --all             everyone in the video, each by themselves; files get .personN in their names
  --no-face-crop    frames are faces already
  --method NAME     how to decide (default paper); * takes no head:
${methodHelp}
  --sources FILE    the people that tta-cap learns from: \`deno task train LABELS --sources FILE\`
  --no-adapt        decide without adapting, on the most certain window
  --subject NAME    keep what is learnt of the person by that name, or in a file of that path, and go
                    on with it if it is there (\`deno task subject\`); with the neutral face of
                    \`deno task enroll\`, if they are enrolled. Only paper, official and subject keep
                    anything
  --profile         what each stage took, on standard error
  --least X         the probability that an answer takes (default 0.6)
  --json FILE       everything, for machines (docs/infer-json.md)
  --csv FILE        a row for each frame
  --video FILE      the video again (.mp4), with the face's box, the class and the strongest units
  --report FILE     a page with charts, to look at and to print; needs nothing but itself

Many at a time:
  --out FOLDER      a file for each, named after it: NAME.json and what --write asks for
  --write A,B       json, csv, report, video (default json)
  --resume          leave out those whose JSON is there
  --shard I/N       only the Ith of N parts of the list: for several machines
${deviceHelp}

Faces never leave the machine: nothing here opens a connection. Exit codes: 0 an answer, 3 none (no face,
too short, too uncertain: said why), 2 a wrong command line, 4 no video that can be read, 5 no ffmpeg,
1 anything else, 130 Ctrl-C; of many videos 4 if one can't be read, else 3 if one has no answer. Not a
medical device.`;
