import { countdown } from "../terminal/status_line.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  precisionHelp,
  precisionOption,
  readPrecision,
  runCommand,
  UsageError,
} from "../terminal/terminal.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { demoModel } from "../../demo/model.ts";
import { meanArea, zeroShotAreas } from "../../demo/zero_shot.ts";

const help = `Tells how well the demo's CLIP knows each Action Unit by its prompt alone.

usage: ./autt demo:zeroshot [options]
  --faces N         people, none of them seen before (default 3000)
${precisionHelp}
${deviceHelp}

A row for each prompt: the area under the ROC curve of its similarity against whether the face shows
the unit (at more than a quarter), and how many do. 0.5 is chance, 1 is perfect.`;

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    ...precisionOption,
    faces: { type: "string", default: "3000" },
  }, help);
  const count = Number(values.faces);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`Cannot draw ${values.faces} faces: wanted a whole number from 1 on`);
  }
  const precision = readPrecision(values.precision);
  using device = await openNamed(values);
  using clip = await loadClip(device, demoModel, { precision });
  const areas = await zeroShotAreas(clip, count, countdown(count, "faces seen"));
  for (const { prompt, area, shown } of areas) {
    console.log(`${area.toFixed(3)}  ${`${shown}`.padStart(5)}  ${prompt.replaceAll("_", " ")}`);
  }
  console.log(
    `mean area ${meanArea(areas).toFixed(4)} of ${areas.length} prompts on ${count} faces`,
  );
  return 0;
}, Deno.args);
