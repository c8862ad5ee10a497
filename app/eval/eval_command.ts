import { join } from "node:path";
import { classes as drawnClasses } from "../../demo/dataset/cast.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { wantsMirrored } from "../../model/clip/mirrored.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import { type Head, usualClasses } from "../../model/clip_au/head_file.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { preparationMismatch } from "../../model/clip_au/preparation.ts";
import { loadDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { checkLatentPft, loadLatentPft } from "../../tta/pft/latent_pft_file.ts";
import type { Need } from "../../tta/methods/mod.ts";
import { findResting, setRestingAside } from "../../data/resting_clips.ts";
import { chooseContenders } from "./choose_contenders.ts";
import { tellPrecision } from "../infer/tell_precision.ts";
import { costTable } from "./costs.ts";
import { evaluate } from "./evaluate.ts";
import { findOverlap } from "./find_overlap.ts";
import { listDataset } from "./open_dataset.ts";
import { describeResting } from "./read_dataset.ts";
import { type EvalOptions, readOptions } from "./options.ts";
import { writeResults } from "./write_results.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { openNamed, UsageError } from "../terminal/terminal.ts";

/** The `eval` command. */
export async function evaluateCommand(args: string[]): Promise<number> {
  const options = readOptions(args);
  const head = options.head === undefined
    ? undefined
    : await loadHead(options.head, options.classes);
  const classes = chooseClasses(options, head);
  const listed = await listDataset(options, classes);
  const translator = options.translator === undefined
    ? undefined
    : await loadLatentPft(options.translator, classes);
  const dsfda = options.dsfda === undefined ? undefined : await loadDsfda(options.dsfda, classes);
  const available = new Set<Need>(["gradients"]);
  if (dsfda) available.add("dsfda");
  if (head) available.add("head");
  if (head?.rest) available.add("rest");
  if (listed.split.train.length > 0) available.add("source labels");
  if (listed.split.train.length > 0 && options.sourceClips > 0) available.add("source features");
  if (translator || available.has("source features")) available.add("translator");
  // Resting clips are not tested on, so they are set aside only where somebody asked for it.
  if (options.methods && listed.resting) available.add("resting");
  const sourceRest = listed.resting
    ? [...findResting(listed.split.train, listed.resting, options.restClips).values()].flat()
    : [];
  if (sourceRest.length > 0) available.add("source rest");
  if (listed.split.held.some(({ task }) => task !== undefined)) available.add("tasks");
  if (listed.split.held.some(({ transcript }) => transcript !== undefined)) {
    available.add("transcripts");
  }
  const { contenders, leftOut } = chooseContenders(options.methods, classes, available);
  leftOut.forEach(say);
  const headed = contenders.some(({ entry }) => entry.needs.includes("head"));
  const overlap = await findOverlap(
    headed ? head : undefined,
    listed.split.held,
    options["allow-overlap"],
  );
  const enrolling = contenders.some(({ entry }) => entry.needs.includes("resting"));
  const aside = enrolling && listed.resting
    ? setRestingAside(listed.split.held, listed.resting, options.restClips)
    : undefined;
  if (aside) say(describeResting(aside));
  const split = aside ? { train: listed.split.train, held: aside.tested } : listed.split;
  if (options.check) return 0;
  await prepareFolder(options);
  const model = await modelPath(options.model, options.yes);
  return await stoppable(async (signal) => {
    using device = await openNamed(options);
    const tunable = contenders.some(({ entry }) => entry.needs.includes("gradients"));
    const { precision } = options, mirrored = wantsMirrored(head?.clip, translator?.clip);
    using clip = await loadClip(device, model, { tunable, precision, mirrored });
    using owned = new DisposableStack();
    if (translator) await checkLatentPft(translator, clip);
    const clipAu = head && owned.use(await ClipAu.open(device, clip, head));
    const dataset = owned.use(await listed.open(clip));
    const mismatch = preparationMismatch(head?.preparations, dataset.preparations ?? []);
    if (mismatch !== undefined) say(mismatch);
    tellPrecision(clip, { head: head?.clip, translator: translator?.clip });
    const results = await evaluate({
      ...options,
      device,
      dataset,
      split,
      resting: aside?.resting,
      sourceRest,
      overlap,
      contenders,
      models: { device, clip, model: clipAu, classes, translator, dsfda },
      settings: listed.settings,
      folder: options.out,
      signal,
    });
    await writeResults(options.out, results);
    clearStatus();
    say(costTable(results.costs, results.encoding, results.memory));
    for (const { clip, why } of results.facts.left_out) say(`${clip} is left out: ${why}`);
    console.log(results.table);
    return 0;
  }, "stopped: what was decided is kept; continue with --resume");
}

/** The classes in the order of labels, the neutral one first. */
function chooseClasses({ data, classes }: EvalOptions, head: Head | undefined): string[] {
  const usual = "drawn" in data ? drawnClasses : data.kind.classes;
  const chosen = classes ?? usual ?? head?.classes;
  if (!chosen || chosen.length < 2 || chosen.some((name) => name === "")) {
    throw new UsageError(
      `Cannot evaluate ${
        chosen?.length ?? 0
      } classes: name two at least with --classes, the neutral ` +
        `one first, or a head that knows them with --head`,
    );
  }
  if (head?.neutral && !head.rest) {
    throw new UsageError(
      "Cannot evaluate a head that is centred by people's neutral faces and cannot find them: which of a " +
        "target's clips are neutral is what is asked: train it anew with --centred, or without",
    );
  }
  const names = head?.classes ?? chosen, nameless = usualClasses(names.length);
  const same = (others: readonly string[]) => names.join("\n") === others.join("\n");
  if (names.length !== chosen.length || !(same(chosen) || same(nameless))) {
    throw new UsageError(
      `Cannot evaluate ${chosen.join(" and ")} with a head that tells ${
        names.join(" and ")
      } apart: ` +
        `name the head's classes with --classes if they are the same`,
    );
  }
  return [...chosen];
}

/** Makes the folder of results; decisions in it are kept or removed, as the options say. */
async function prepareFolder({ out, outName, resume, restart }: EvalOptions): Promise<void> {
  const decisions = join(out, "decisions");
  const there = await Deno.stat(decisions).then(() => true, () => false);
  const done = await Deno.stat(join(out, "results.json")).then(() => true, () => false);
  if (restart) await Deno.remove(decisions, { recursive: true }).catch(() => {});
  else if (there && !done && !resume) {
    throw new UsageError(
      `Cannot evaluate into "${outName}": an evaluation there was stopped: continue with --resume, or ` +
        `start over with --restart`,
    );
  }
  try {
    await Deno.mkdir(out, { recursive: true });
    // If this run is stopped, no result of an earlier one may be left.
    await Deno.remove(join(out, "results.json")).catch(() => {});
  } catch (error) {
    throw new Error(`Cannot write to "${outName}": ${(error as Error).message}`);
  }
}
