import { join } from "node:path";
import sharp from "sharp";
import { Rng } from "../engine/mod.ts";
import { roomyConfig, smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** How many people, videos of each, and frames of each video there are. */
export const made = { people: 8, videos: 6, frames: 10 } as const;

/**
 * A picture of something like a face: a person's own colours, eyes, and a mouth that is open wide where
 * `mouth` is 1.
 */
function draw(rng: Rng, tint: readonly number[], mouth: number): Uint8Array<ArrayBuffer> {
  const side = 24, pixels = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const u = (x - 11.5) / 12, v = (y - 11.5) / 12;
      const eye = Math.hypot(Math.abs(u) - 0.4, v + 0.3) < 0.16;
      const lip = Math.hypot(u / 0.5, (v - 0.55) / (0.08 + 0.35 * mouth)) < 1;
      for (let c = 0; c < 3; c++) {
        const skin = tint[c] ?? 0, noise = 8 * rng.normal();
        const value = (eye ? 30 : lip ? skin * 0.2 : skin) + noise;
        pixels[3 * (y * side + x) + c] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return pixels;
}

/**
 * A folder with a small CLIP, pictures of made-up faces, and `labels.txt`: the mouth is open in every
 * second video of each person.
 */
export async function makeFaces(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "autt-faces-" });
  await Deno.writeFile(join(folder, "model.safetensors"), await smallClipBytes(roomyConfig));
  await Deno.writeTextFile(join(folder, "tokenizer.json"), smallVocabularyFiles["tokenizer.json"]);
  const rng = new Rng(7), lines: string[] = [];
  for (let person = 0; person < made.people; person++) {
    const tint = [0, 1, 2].map(() => rng.integer(130, 200));
    for (let video = 0; video < made.videos; video++) {
      const label = video % 2, path = `person-${person}/video-${video}`;
      await Deno.mkdir(join(folder, path), { recursive: true });
      const strength = 0.25 * rng.uniform();
      for (let frame = 0; frame < made.frames; frame++) {
        const pixels = draw(rng, tint, label ? 1 - strength : strength);
        const name = `${path}/image${frame}.png`;
        await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
          .png().toFile(join(folder, name));
        lines.push(`${name} ${label}`);
      }
    }
  }
  await Deno.writeTextFile(join(folder, "labels.txt"), lines.join("\n") + "\n");
  return folder;
}
