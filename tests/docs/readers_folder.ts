import { dirname, join } from "node:path";
import { demoHead, demoModel, demoPlainHead, demoResting, demoSample } from "../../demo/model.ts";
import { temporaryFolder } from "../fake_hub.ts";
import { runDeno } from "../fakes.ts";
import { ffmpeg } from "../infer_folder.ts";
import { root } from "./pages.ts";

/** Some people of BioVid whom the papers adapt to, and two others. */
const people = ["081014_w_27", "101609_m_36", "source_w_1", "source_m_2"];

/**
 * A folder in which a page's commands find what they name: the demo's clips for videos, its small
 * CLIP for ViT-B/32, its heads, and drawn people as a training set. `source` is a folder of these
 * that was made before.
 */
export interface ReadersFolder extends AsyncDisposable {
  readonly path: string;
  /** Runs a line of shell in it; the launcher is there as `./autt`. */
  shell(line: string): ReturnType<typeof runDeno>;
}

/** Makes such a folder. */
export async function readersFolder(): Promise<ReadersFolder> {
  const folder = await temporaryFolder(), { path } = folder;
  const at = (...names: string[]) => join(path, ...names);
  const env = {
    AUTT_NO_INSTALL: "1",
    AUTT_MODELS: at(".models"),
    AUTT_SUBJECTS: at(".subjects"),
    AUTT_SCHEDULES: at(".schedules"),
    HF_HUB_CACHE: at(".hub"),
    XDG_DATA_HOME: at(".data"),
  };
  const shell = async (line: string) => {
    await Deno.writeTextFile(at(".line.sh"), line);
    return await runDeno(["task", "--quiet", "--eval", `cd ${path} && sh .line.sh`], env);
  };
  await Deno.symlink(join(root, "autt"), at("autt"));
  for (const model of [".models/vit-b-32", "path/to/clip-vit-base-patch32"]) {
    await Deno.mkdir(dirname(at(model)), { recursive: true });
    await Deno.symlink(demoModel, at(model));
  }
  await Deno.copyFile(demoSample, at("video.mp4"));
  await Deno.copyFile(demoResting, at("resting.mp4"));
  await Deno.copyFile(demoHead, at("head.safetensors"));
  await Deno.copyFile(demoPlainHead, at("plain.safetensors"));
  await ffmpeg("-i", demoSample, "-frames:v", "1", at("cat.jpg"));
  await ffmpeg("-i", demoResting, "-frames:v", "1", at("dog.jpg"));
  return { ...folder, shell };
}

/**
 * Draws people as a training set: `frames` with a list of frames and a table of clips, and `BIOVID`
 * with lists of source and target people as that data set has them.
 */
export async function drawPeople({ path, shell }: ReadersFolder): Promise<void> {
  const { code, stderr } = await shell("./autt demo:people frames --people 4 --clips 4");
  if (code !== 0) throw new Error(stderr);
  const labels = await Deno.readTextFile(join(path, "frames/labels.txt"));
  await Deno.writeTextFile(join(path, "labels.txt"), labels);
  // A line is pNNN/pNNN-cNN/NN.png LABEL.
  const lines = labels.trimEnd().split("\n").map((line) => {
    const [, person, clip, frame, label] = /^p(\d+)\/p\d+-c(\d+)\/(\d+)\.png (\d)$/.exec(line)!;
    const who = people[Number(person)]!;
    const video = `${who}-${label === "0" ? "BL1" : "PA4"}-0${clip}`;
    return { from: line.replace(/ \d$/, ""), to: `${who}/${video}/image${frame}.png`, label };
  });
  for (const { from, to } of lines) {
    await Deno.mkdir(dirname(join(path, "BIOVID", to)), { recursive: true });
    await Deno.copyFile(join(path, "frames", from), join(path, "BIOVID", to));
  }
  const write = (name: string, rows: readonly string[]) =>
    Deno.writeTextFile(join(path, name), rows.map((row) => `${row}\n`).join(""));
  const list = lines.map(({ to, label }) => `${to} ${label}`);
  await write("train.txt", list.filter((line) => line.startsWith("source")));
  await write("target.txt", list.filter((line) => !line.startsWith("source")));
  const clips = new Set(
    lines.map(({ from, label }) => `${from.slice(0, 4)},frames/${dirname(from)},${label}`),
  );
  await write("labels.csv", ["subject,video,label", ...clips]);
}
