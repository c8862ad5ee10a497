import assert from "node:assert/strict";
import { join } from "node:path";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { saveHead } from "../model/clip_au/load_head.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { initialHead } from "../train/head_trainer.ts";
import { runDeno } from "./fakes.ts";
import { roomyConfig, smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** A folder with a small model, a head that was never trained, and a video without a face. */
export async function withModel(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-infer-" });
  try {
    await Deno.writeFile(join(folder, "model.safetensors"), await smallClipBytes(roomyConfig));
    await Deno.writeTextFile(
      join(folder, "tokenizer.json"),
      smallVocabularyFiles["tokenizer.json"],
    );
    const sizes = usualSizes(roomyConfig.embedding, auPrompts.length, 2);
    const parameters = initialHead(sizes, 4);
    await saveHead(join(folder, "head.safetensors"), {
      parameters,
      classes: ["neutral", "pain, or not"],
      auPrompts,
    });
    const { code } = await new Deno.Command("ffmpeg", {
      args: [
        ...["-nostdin", "-loglevel", "error", "-f", "lavfi"],
        ...["-i", "testsrc2=size=64x48:rate=25:duration=2", "-c:v", "ffv1", join(folder, "v.mkv")],
      ],
    }).output();
    assert.equal(code, 0);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export function infer(folder: string, ...args: string[]) {
  const allow = [
    ...["--allow-read", "--allow-write", "--allow-env", "--allow-run"],
    ...["--allow-ffi", "--allow-sys"],
  ];
  const env = {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "none"),
    AUTT_MODELS: join(folder, "none"),
    AUTT_SUBJECTS: join(folder, "people"),
  };
  return runDeno(
    ["run", "--quiet", ...allow, "main.ts", "infer", ...args, "--model", "."],
    env,
  );
}

export const head = ["--head", "head.safetensors"];

/** The names in a folder that were not there at first. */
export const made = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) =>
      !["model.safetensors", "tokenizer.json", "head.safetensors", "v.mkv"].includes(name)
    ).sort();

/** Rows of a CSV without quoted line ends. */
export const rowsOf = (csv: string) =>
  csv.trimEnd().split("\r\n").map((line) =>
    [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = ""]) => cell)
  );

/** Makes a video with ffmpeg. */
export async function ffmpeg(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-y", "-loglevel", "error", ...args],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
