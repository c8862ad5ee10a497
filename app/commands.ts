/** What a command needs of the machine beside Deno: the launcher `autt` installs it. */
export type MachineNeed = "vulkan" | "ffmpeg";

/** A command or a task: `./autt NAME`, or `deno task NAME`. */
export interface Command {
  readonly name: string;
  /** The arguments that it is usually given. */
  readonly usage: string;
  readonly about: string;
  readonly needs: readonly MachineNeed[];
}

const device = ["vulkan"] as const, video = ["vulkan", "ffmpeg"] as const, nothing = [] as const;

const row = <Name extends string>(
  name: Name,
  usage: string,
  about: string,
  needs: readonly MachineNeed[],
) => ({ name, usage, about, needs });

/** What users call. `main.ts` loads each; a test compares the launcher, `--help` and the README. */
export const commands = [
  row(
    "infer",
    "VIDEO",
    "read a person's expression in a video; without one, in a drawn face",
    video,
  ),
  row(
    "watch",
    "[VIDEO]",
    "report what a face does, live, from a camera or a stream",
    video,
  ),
  row("enroll", "--subject NAME VIDEO", "learn what a person's face is like at rest", video),
  row("weights", "NAME", "download, import and list model weights", nothing),
  row("embed", "PICTURES", "embed pictures and texts with CLIP and compare them", device),
  row("train", "LABELS", "train CLIP-AU's head on labelled videos, test it on other people", video),
  row("eval", "--dataset NAME", "compare methods on labelled videos, beside baselines", video),
  row(
    "doctor",
    "",
    "check that everything works on this machine, and say what to do if not",
    nothing,
  ),
  row("tune", "", "measure which kernels are fastest on this machine, and keep the choice", device),
  row("submit", "VIDEOS", "put videos into a queue for many machines", nothing),
  row("work", "--queue URL", "take videos from a queue and read them", video),
  row(
    "jobs",
    "--queue URL",
    "list what waits, runs, is done and has failed in a queue",
    nothing,
  ),
  row("web", "", "serve the page that reads one's own face in the browser", nothing),
  row("serve", "--head FILE", "answer requests with a person's expression in a video", video),
  row("subject", "[NAME]", "list, show or delete what was learnt of people", nothing),
  row(
    "completions",
    "SHELL",
    "print a script by which bash, zsh or fish complete commands",
    nothing,
  ),
];

/** The name of one of these. */
export type CommandName = typeof commands[number]["name"];

/** Tasks for those who work on the project; they are not in the published package. */
export const developmentTasks: readonly Command[] = [
  row("test", "[--changed]", "run every test, or those that reach what a change touches", video),
  row("ok", "", "check all that must hold before a commit: format, lint, types, tests", video),
  row("check", "KERNEL", "run a kernel's cases, or one by its name, against float64", device),
  row("check:faces", "", "look for faces in real webcam clips (fetches them)", video),
  row("check:dawn", "", "run all small kernel cases on Dawn and SwiftShader", device),
  row("fuzz", "", "run random programs against float64, and shrink what fails", device),
  row(
    "mutate",
    "[KERNEL...]",
    "make small changes to kernels and list those that no case notices",
    device,
  ),
  row("golden", "FOLDER", "compare with golden numbers of the original code", device),
  row("coverage", "", "run every test and report which lines they reach, by folder", video),
  row("web:build", "FOLDER", "build that page as a folder of static files", nothing),
  row("compile", "", "make one program out of the commands", nothing),
  row("pack", "[FILE]", "make the npm package, for Node, Bun and bundlers", nothing),
  row("bench", "", "measure this machine's ceilings, every kernel and the models", device),
  row(
    "bench:against",
    "REF",
    "compare this checkout's speed with another commit's, alternating",
    device,
  ),
  row("bench:device", "", "measure all of a GPU, here or on a bare machine", device),
  row("bench:peers", "", "compare matmul with OpenBLAS, tfjs and jax-js (fetches them)", device),
  row(
    "bench:schedule",
    "",
    "compare kernels chosen by measurement with the fixed choice",
    device,
  ),
  row("bench:clip", "", "compare ViT-B/32 with onnxruntime-node (fetches it)", device),
  row(
    "bench:dsfda",
    "",
    "compare a training step of DSFDA with PyTorch, if that is installed",
    device,
  ),
  row("bench:tuning", "", "compare a step of tuning with PyTorch, if that is installed", device),
  row("bench:page", "", "measure the page in Chromium: sizes, first view, longest task", nothing),
  row("bench:fleet", "", "measure a fleet's queue, and kill workers and server at random", video),
  row("bench:following", "", "count the frames in which the right person is followed", device),
  row("bench:long", "", "measure time and memory of infer on long videos", video),
  row("bench:load", "", "measure time and memory of loading ViT-B/32 from a file", device),
  row(
    "bench:half",
    "",
    "tell what weights kept as halves cost in accuracy, on drawn people",
    device,
  ),
  row("demo:bench", "", "compare methods on drawn people, from drawing to table", device),
  row("demo:sheet", "", "draw a sheet of faces to look at", nothing),
  row("demo:people", "", "draw people to learn from, with labels", nothing),
  row("demo:sample", "", "draw the demo's two short videos", ["ffmpeg"]),
  row(
    "demo:timeline",
    "FILE",
    "draw the README's picture: what a drawn face does over time",
    video,
  ),
  row("demo:zeroshot", "", "measure how well the demo's CLIP recognises each Action Unit", device),
  row(
    "demo:units",
    "",
    "measure how well Action Unit readings match what drawn people show",
    device,
  ),
  row(
    "demo:dsfda",
    "",
    "train DSFDA on drawn people: pictures and a table",
    device,
  ),
  row(
    "demo:conflict",
    "",
    "compare fusions of face, words and voice on drawn people who speak",
    device,
  ),
  row("demo:speakers", "FOLDER", "draw videos of people who speak, with sound and words", [
    "ffmpeg",
  ]),
];

/** Commands with what they do, one a line. */
export function listCommands(some: readonly Command[]): string {
  const width = Math.max(...some.map(({ name }) => name.length));
  return some.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join("\n");
}
