import { drawnFolder } from "../../demo/dataset/drawn_features.ts";
import { targets } from "../../demo/dataset/cast.ts";
import { demoModel } from "../../demo/model.ts";
import { designs, isDesign } from "../../demo/people/design.ts";
import { meanAreas, type UnitArea, unitAreas } from "../../demo/unit_areas.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { unitLabel } from "../../model/clip_au/facs.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { countdown } from "../terminal/status_line.ts";
import {
  allowedNumber,
  deviceHelp,
  deviceOptions,
  isWhole,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Tells how well readings of Action Units tell what drawn people show.

usage: ./autt demo:units [options]
  --design NAMES    of ${Object.keys(designs).join(", ")} (default style,shift)
  --people N        whom no head was trained on (default 10)
  --clips N         of each, three of which at rest enroll them (default 40)
  --seed N          each gives other people (default 1)
  --features FOLDER where their features are kept (default: in the user's data folder)
${deviceHelp}

Areas under ROC curves, of frames of all people ranked together, since one threshold must do for all; 0.5 is
chance, 1 is perfect. "present": whether a unit is shown at more than half of its strength, told by CLIP's
similarity. "change": whether it is shown by 0.3 more than in the person's resting face, told by the same
similarity (raw); less half of that of the enrolled rest (more); less half of the mean of all clips (mean);
less all of the enrolled rest (full). n is how many frames show it.`;

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    design: { type: "string", default: "style,shift" },
    people: { type: "string", default: "10" },
    clips: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    features: { type: "string" },
  }, help);
  const whole = (name: "people" | "clips" | "seed", least: number) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot draw with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const [people, clips, seed] = [whole("people", 1), whole("clips", 7), whole("seed", 1)];
  const chosen = values.design.split(",").map((name) => {
    if (isDesign(name)) return name;
    throw new UsageError(
      `Cannot draw by the design "${name}": wanted any of ${Object.keys(designs).join(", ")}`,
    );
  });
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    using clip = await loadClip(device, demoModel);
    for (const design of chosen) {
      const roles = targets(design, seed, people, clips);
      const onPerson = countdown(people, `people of ${design} drawn`);
      const folder = userPath(values.features) ?? drawnFolder();
      console.log(table(design, await unitAreas(clip, roles, folder, { signal, onPerson })));
    }
    return 0;
  }, "stopped: who is drawn already need not be drawn again");
}, Deno.args);

/** A row for each unit that is shown often enough to be ranked, and the means. */
function table(design: string, areas: readonly UnitArea[]): string {
  const number = (x: number) => (Number.isFinite(x) ? x.toFixed(3) : "-").padStart(7);
  const count = (n: number) => `${n}`.padStart(7);
  const row = (name: string, cells: readonly string[]) => `${name.padEnd(34)}${cells.join("")}`;
  const { units, present, change } = meanAreas(areas);
  return [
    row(
      design,
      ["present", "n", "raw", "more", "mean", "full", "n"].map((name) => name.padStart(7)),
    ),
    ...areas.filter(({ frames }) => frames.change > 0 || frames.present > 0).map((area) =>
      row(unitLabel(area.prompt), [
        number(area.present),
        count(area.frames.present),
        ...[area.change.similarity, area.change.moreThanUsual].map(number),
        ...[area.change.moreThanMean, area.change.aboveRest].map(number),
        count(area.frames.change),
      ])
    ),
    row("mean of those with 50 frames or more", []),
    row("", [
      number(present),
      count(units.present),
      ...[change.similarity, change.moreThanUsual].map(number),
      ...[change.moreThanMean, change.aboveRest].map(number),
      count(units.change),
    ]),
  ].join("\n");
}
