import { type MeasuredWay, type ScheduleStore, usualWay } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import { usualSizes } from "../../model/clip_au/head_parameters.ts";
import { initialHead } from "../../train/head_trainer.ts";
import { ClipAutt } from "../../tta/clip_autt/clip_autt.ts";
import { tuningModes } from "../../tta/clip_autt/tuning_settings.ts";
import { modelPath } from "../terminal/model_path.ts";
import { say } from "../terminal/status_line.ts";
import {
  modelHelp,
  modelOptions,
  openNamed,
  parseOptions,
  readPrecision,
  switches,
  UsageError,
} from "../terminal/terminal.ts";
import { ScheduleFiles, schedulesFolder } from "./schedule_files.ts";

const help =
  `Measures which kernels are fastest on this machine, at the sizes of a CLIP, and keeps it.

usage: ./autt tune [options]
  --model NAME      a model of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32);
                    demo is the demo's
  --again           measure anew what was measured before
${modelHelp}

Met are: one image and as many as go together, the prompts of the Action Units, and a step of each
way to tune them. Each way to compute is compared with the fixed one first; a faster one is taken if
it gains 3 % at least. Commands use what is kept here (in AUTT_SCHEDULES, or the user's cache) but
with --schedule default. On a GPU they measure by themselves what they meet for the first time;
AUTT_TUNE=0 keeps them from that, and AUTT_TUNE=1 lets them do so without a GPU too.`;

/** The `tune` command. */
export async function tune(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    model: { type: "string", default: "vit-b-32" },
    ...switches("again"),
  }, help);
  if (positionals.length > 0 || values.schedule !== undefined) {
    throw new UsageError(
      `Cannot tune "${positionals[0] ?? `--schedule ${values.schedule}`}": it takes a --model`,
    );
  }
  const folder = schedulesFolder();
  if (folder === undefined) {
    throw new Error("Cannot tell where to keep what is measured: set AUTT_SCHEDULES to a folder");
  }
  const precision = readPrecision(values.precision);
  const model = await modelPath(values.model, values.yes);
  const files = new ScheduleFiles(folder, say);
  const store = new ToldStore(files, values.again);
  using device = await openNamed(values, { schedules: store, tune: true });
  using clip = await loadClip(device, model, { tunable: true, precision });
  await meetSizes(clip);
  const { ways, fingerprint } = device.schedule;
  const others = [...ways.values()].filter(({ way }) => way !== usualWay).length;
  console.log(
    `${store.measured} operations measured; ${others} of ${ways.size} run other than by default: ` +
      `schedule ${fingerprint}, kept in ${folder}`,
  );
  return 0;
}

/** Runs what commands run, once, on pictures and a head of no meaning. */
async function meetSizes(clip: Clip): Promise<void> {
  const { device, config: { image: { size }, embedding } } = clip, frames = 20;
  const picture = new Uint8Array(size * size * 4).fill(127);
  for (const count of [1, clip.images.batch]) {
    await clip.images.encode(new Array(count).fill(picture));
  }
  using head = await ClipAu.open(device, clip, {
    classes: ["no", "yes"],
    auPrompts,
    parameters: initialHead(usualSizes(embedding, auPrompts.length, 2), 1),
  });
  const features = Float32Array.from({ length: frames * embedding }, (_, i) => Math.sin(i));
  for (const settings of Object.values(tuningModes)) {
    using autt = await ClipAutt.open(head, { settings: { ...settings, steps: 1 } });
    await autt.adapt(features);
  }
}

/** Keeps schedules in files, and tells what is new in each. */
class ToldStore implements ScheduleStore {
  measured = 0;
  readonly #files: ScheduleStore;
  readonly #again: boolean;
  #known: ReadonlyMap<string, MeasuredWay> = new Map();

  constructor(files: ScheduleStore, again: boolean) {
    this.#files = files;
    this.#again = again;
  }

  async load(adapter: string) {
    if (!this.#again) this.#known = await this.#files.load(adapter);
    return this.#known;
  }

  async save(adapter: string, ways: ReadonlyMap<string, MeasuredWay>) {
    for (const [operation, { way, seconds, usualSeconds }] of ways) {
      if (this.#known.get(operation) === ways.get(operation)) continue;
      this.measured++;
      const ms = (seconds: number) => `${(1000 * seconds).toFixed(3)} ms`;
      console.log(
        `${operation.padEnd(64)} ${ms(usualSeconds).padStart(12)}` +
          (way === usualWay
            ? "  by default"
            : `, by ${way} ${ms(seconds)}, ${(usualSeconds / seconds).toFixed(2)}x`),
      );
    }
    this.#known = new Map(ways);
    await this.#files.save(adapter, ways);
  }
}
