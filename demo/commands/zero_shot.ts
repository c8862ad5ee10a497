import { countdown } from "../../app/countdown.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
} from "../../app/terminal.ts";
import { auPrompts } from "../../model/au_prompts.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { pictureSize } from "../benchmark/cast.ts";
import { promptStrengths } from "../drawing/controls.ts";
import { drawFace } from "../drawing/draw_face.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import { drawIdentity, drawScene } from "../drawing/identity.ts";
import { demoModel } from "../model.ts";
import { randomExpression, unevenly } from "../people/random_expression.ts";
import { areaUnderCurve } from "../zero_shot.ts";

const help = `Tells how well the demo's CLIP knows each Action Unit by its prompt alone.

usage: deno task demo:zeroshot [options]
  --faces N         people, none of them seen before (default 3000)
${deviceHelp}

A row for each prompt: the area under the ROC curve of its similarity against whether the face shows
the unit (at more than a quarter), and how many do. 0.5 is chance, 1 is perfect.`;

/** Where the people of this test come from: nobody else is drawn from here. */
const seed = 987654;

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    faces: { type: "string", default: "3000" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  using device = await openNamed(values.adapter);
  using clip = await loadClip(device, demoModel);
  const { embedding } = clip.config, count = Number(values.faces);
  const texts = await clip.encodeTexts(auPrompts);
  const similarities: number[][] = auPrompts.map(() => []);
  const shown: boolean[][] = auPrompts.map(() => []);
  const show = countdown(count, "faces seen");
  for (let first = 0; first < count; first += clip.images.batch) {
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    for (let n = first; n < Math.min(count, first + clip.images.batch); n++) {
      const rng = new DrawnRng(seed, n), identity = drawIdentity(rng), scene = drawScene(rng);
      const expression = randomExpression(rng);
      pictures.push(drawFace({ identity, scene, ...unevenly(expression, rng) }, pictureSize));
      promptStrengths(expression).forEach((strength, unit) => shown[unit]?.push(strength > .25));
    }
    const features = await clip.images.encode(pictures);
    for (let n = 0; n < pictures.length; n++) {
      const face = features.subarray(n * embedding, (n + 1) * embedding);
      for (const [unit, row] of similarities.entries()) {
        row.push(cosine(face, texts.subarray(unit * embedding, (unit + 1) * embedding)));
      }
    }
    show(first + pictures.length);
  }
  const areas = auPrompts.map((_, unit) =>
    areaUnderCurve(similarities[unit] ?? [], shown[unit] ?? [])
  );
  for (const [unit, prompt] of auPrompts.entries()) {
    const faces = shown[unit]?.filter(Boolean).length ?? 0;
    console.log(
      `${areas[unit]?.toFixed(3)}  ${`${faces}`.padStart(5)}  ${prompt.replaceAll("_", " ")}`,
    );
  }
  const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
  console.log(`mean area ${mean.toFixed(4)} of ${areas.length} prompts on ${count} faces`);
  return 0;
}, Deno.args);

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
  return dot / Math.hypot(...a) / Math.hypot(...b);
}
