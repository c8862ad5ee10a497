import { join } from "node:path";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { saveHead } from "../model/clip_au/load_head.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { initialHead } from "../train/head_trainer.ts";
import { runDeno } from "./fakes.ts";
import { made, makeFaces } from "./made_up_faces.ts";
import { roomyConfig } from "./small_clip.ts";

const decoder = new TextDecoder();

/** Rows of a plain table of the made-up faces; `turned` people have their labels exchanged. */
export function labelRows(turned: readonly number[] = []): string[] {
  return Array.from(
    { length: made.people },
    (_, person) =>
      Array.from({ length: made.videos }, (_, video) => {
        const label = turned.includes(person) ? 1 - video % 2 : video % 2;
        const task = video < made.videos / 2 ? "rest" : "sums";
        return `person-${person},person-${person}/video-${video},${label},${task}`;
      }),
  ).flat();
}

/** A folder with made-up faces, their labels as a plain table, and a head that was never trained. */
export async function withFaces(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await makeFaces();
  try {
    await writeLabels(folder, "labels.csv", labelRows());
    await saveHead(join(folder, "head.safetensors"), {
      parameters: initialHead(usualSizes(roomyConfig.embedding, auPrompts.length, 2), 4),
      classes: ["neutral", "open"],
      auPrompts,
    });
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export function writeLabels(folder: string, name: string, rows: readonly string[]): Promise<void> {
  return Deno.writeTextFile(join(folder, name), rows.join("\n") + "\n");
}

/** The head of such a folder. */
export const head = ["--head", "head.safetensors"];

/** `./autt eval` on such a folder. */
export function evalProcess(folder: string, ...args: string[]): Deno.ChildProcess {
  const common = ["--dataset", "plain", "--model", ".", "--resamples", "50"];
  return commandProcess(folder, [...common, ...args]);
}

const allow = ["read", "write", "env", "run", "ffi", "sys"].map((name) => `--allow-${name}`);

/** Runs commands on such a folder, in which people are kept too. */
export function commandsIn(folder: string) {
  return (command: string, ...args: string[]) =>
    runDeno(["run", "--quiet", ...allow, "main.ts", command, ...args], {
      INIT_CWD: folder,
      HF_HUB_CACHE: join(folder, "none"),
      AUTT_MODELS: join(folder, "none"),
      AUTT_SUBJECTS: join(folder, "people"),
    });
}

function commandProcess(folder: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [
      ...["run", "--quiet", ...allow, "main.ts", "eval", ...args],
    ],
    env: {
      NO_COLOR: "1",
      INIT_CWD: folder,
      HF_HUB_CACHE: join(folder, "none"),
      AUTT_MODELS: join(folder, "none"),
    },
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end. */
export async function runEval(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await evalProcess(folder, ...args).output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs `./autt eval` on drawn people to its end. */
export async function runDrawn(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await commandProcess(folder, ["--dataset", "demo", ...args])
    .output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
