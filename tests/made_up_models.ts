import { join } from "node:path";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { saveHead } from "../model/clip_au/load_head.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { initialHead } from "../train/head_trainer.ts";
import { roomyConfig, smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** A folder that is deleted when it is disposed of. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder with a CLIP as hubs have it: made up, small, and of no use but to try things out. */
export async function madeUpClipFolder(): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir({ prefix: "autt-made-up-" });
  await Deno.writeFile(join(path, "model.safetensors"), await smallClipBytes(roomyConfig));
  await Deno.writeTextFile(join(path, "tokenizer.json"), smallVocabularyFiles["tokenizer.json"]);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The same with a head that was never trained, and a video. */
export async function madeUpClipAuFolder(): Promise<
  TemporaryFolder & { readonly head: string; readonly video: string }
> {
  const folder = await madeUpClipFolder(), { path } = folder;
  const head = join(path, "head.safetensors"), video = join(path, "video.mkv");
  const parameters = initialHead(usualSizes(roomyConfig.embedding, auPrompts.length, 2), 4);
  await saveHead(head, { parameters, classes: ["neutral", "pain"], auPrompts });
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-nostdin", "-loglevel", "error", "-f", "lavfi"],
      ...["-i", "testsrc2=size=64x48:rate=10:duration=2", "-c:v", "ffv1", video],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { ...folder, head, video };
}
