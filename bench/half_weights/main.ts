/**
 * `./autt bench:half`: what weights kept as halves cost in accuracy, on drawn people.
 *
 * @module
 */
import { join } from "node:path";
import {
  allowedNumber,
  deviceHelp,
  deviceOptions,
  isWhole,
  openNamed,
  parseOptions,
  runCommand,
} from "../../app/terminal/terminal.ts";
import { countdown, say } from "../../app/terminal/status_line.ts";
import { drawnFeatures, type PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { targets } from "../../demo/dataset/cast.ts";
import { demoModel } from "../../demo/model.ts";
import { meanArea, zeroShotAreas } from "../../demo/zero_shot.ts";
import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { average } from "../../numbers/vectors.ts";
import { compareDecisions, decide, decidedBy, part } from "./decisions.ts";
import { writeDithered } from "./dithered_model.ts";

const help = `Tells what \`--precision f16\` costs, by the demo's model on drawn people.

usage: ./autt bench:half [options]
  --models N        models, each drawn anew (default 3)
  --faces N         faces of the zero-shot table (default 3000)
  --people N        people to decide on, by each model others (default 10)
  --clips N         clips of each, of which three neutral ones enroll them (default 20)
${deviceHelp}

The demo's weights are halves already, so halves cost them nothing. Here each is drawn anew in float32 among
the numbers that round to it: such a model is compared with itself, rounded.`;

/** What one model tells. */
interface Finding {
  readonly areas: { readonly exact: readonly number[]; readonly half: readonly number[] };
  readonly means: { readonly exact: number; readonly half: number };
  /** Mean squared error of features over their mean square. */
  readonly nmse: number;
  readonly decisions: ReadonlyMap<string, ReturnType<typeof compareDecisions>>;
}

interface Sizes {
  readonly faces: number;
  readonly people: number;
  readonly clips: number;
}

async function benchHalf(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    models: { type: "string", default: "3" },
    faces: { type: "string", default: "3000" },
    people: { type: "string", default: "10" },
    clips: { type: "string", default: "20" },
  }, help);
  const whole = (name: "models" | "faces" | "people" | "clips", least: number) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot compare with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const sizes = { faces: whole("faces", 1), people: whole("people", 1), clips: whole("clips", 7) };
  using device = await openNamed(values);
  const findings: Finding[] = [];
  for (let seed = 1; seed <= whole("models", 1); seed++) {
    const folder = await Deno.makeTempDir({ prefix: "autt-half-" });
    try {
      await writeDithered(demoModel, folder, seed);
      findings.push(await compare(device, folder, seed, sizes));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    say(`model ${seed} is compared`);
  }
  console.log(tell(findings, sizes));
  return 0;
}

/** Compares a model with itself, rounded. */
async function compare(
  device: Device,
  folder: string,
  seed: number,
  { faces, people, clips }: Sizes,
): Promise<Finding> {
  using exact = await loadClip(device, folder, { tunable: true });
  using half = await loadClip(device, folder, { tunable: true, precision: "f16" });
  const roles = targets("style", seed, people, clips);
  const both = async <T>(of: (clip: Clip) => Promise<T>) =>
    [await of(exact), await of(half)] as const;
  const areas = await both((clip) => zeroShotAreas(clip, faces, countdown(faces, "faces seen")));
  const seen = await both((clip) => drawnFeatures(clip, roles, join(folder, "drawn")));
  const [known, rounded] = seen.map((all) => all.map(part));
  const labels = (known ?? []).flatMap((person) => person.labels);
  const decisions = new Map<string, ReturnType<typeof compareDecisions>>();
  for (const by of decidedBy) {
    const wanted = await decide(exact, by, known ?? []);
    const compared = compareDecisions(wanted, await decide(half, by, rounded ?? []), labels);
    decisions.set(by[0], compared);
    if (by[0] !== "enrolled") continue;
    const mixed = (rounded ?? []).map(({ clips }, i) => ({
      clips,
      resting: known?.[i]?.resting ?? [],
    }));
    const found = compareDecisions(wanted, await decide(half, by, mixed), labels);
    decisions.set("enrolled, by what float32 saw", found);
  }
  const numbers = (list: typeof areas[0]) => list.map(({ area }) => area);
  return {
    areas: { exact: numbers(areas[0]), half: numbers(areas[1]) },
    means: { exact: meanArea(areas[0]), half: meanArea(areas[1]) },
    nmse: nmseOf(seen[1].flat(), seen[0].flat()),
    decisions,
  };
}

function nmseOf(got: PersonFeatures, wanted: PersonFeatures): number {
  let wrong = 0, all = 0;
  for (const [clip, features] of wanted.entries()) {
    for (const [i, x] of features.entries()) {
      wrong += (x - (got[clip]?.[i] ?? NaN)) ** 2;
      all += x * x;
    }
  }
  return wrong / all;
}

function tell(findings: readonly Finding[], { faces, people, clips }: Sizes): string {
  const changes = findings.flatMap(({ areas }) =>
    areas.exact.map((area, i) => Math.abs(area - (areas.half[i] ?? NaN))).filter(Number.isFinite)
  );
  const list = (numbers: readonly number[], digits: number) =>
    numbers.map((x) => x.toFixed(digits)).join(", ");
  const methods = [...findings[0]?.decisions.keys() ?? []];
  return [
    `features: NMSE ${Math.max(...findings.map(({ nmse }) => nmse)).toExponential(1)} at most`,
    `zero-shot, mean area of ${faces} faces: ` +
    `${list(findings.map(({ means }) => means.exact), 5)} in float32, ` +
    `${list(findings.map(({ means }) => means.half), 5)} rounded`,
    `one prompt's area changes by ${average(changes).toFixed(5)} on average, by ` +
    `${Math.max(...changes).toFixed(5)} at most`,
    "",
    `| ${people} people, ${clips} clips each, ${findings.length} models | clips | right in float32 ` +
    "| right rounded | decided otherwise | largest change of a probability |",
    "| --- | --- | --- | --- | --- | --- |",
    ...methods.map((name) => {
      const rows = findings.flatMap(({ decisions }) => decisions.get(name) ?? []);
      const sum = (of: (row: typeof rows[number]) => number) =>
        rows.reduce((total, row) => total + of(row), 0);
      const cells = [
        ...[sum((row) => row.clips), sum((row) => row.right.exact)],
        ...[sum((row) => row.right.half), sum((row) => row.changed)],
        Math.max(...rows.map((row) => row.most)).toFixed(4),
      ];
      return `| ${name} | ${cells.join(" | ")} |`;
    }),
  ].join("\n");
}

await runCommand(benchHalf, Deno.args);
