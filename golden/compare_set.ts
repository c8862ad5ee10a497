import type { Device } from "../engine/mod.ts";
import { readVocabulary } from "../model/tokenizer/read_vocabulary.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { compareBah, holdsBah } from "./bah/compare_bah.ts";
import { computeClipRows, interleaved } from "./clip_rows.ts";
import { GoldenModel } from "./golden_model.ts";
import { computeSourceRows } from "./head_rows.ts";
import { compareLoops } from "./loop_rows.ts";
import { computeTrainRows } from "./train_rows.ts";
import { computeRealTuningRows } from "./real_tuning_rows.ts";
import { computeTuningRows } from "./tuning_rows.ts";
import {
  type GoldenSet,
  numbersOf,
  type ToleranceFile,
  tolerancesOf,
  withTokenRows,
} from "./golden_set.ts";
import { compareMisc } from "./misc_rows.ts";
import { comparePreprocessing } from "./preprocess_rows.ts";
import { sourceClassPrompts } from "../model/clip_au/au_prompts.ts";
import {
  checkRecipe,
  type Recipe,
  recipeDraw,
  recipeFeatures,
  recipeFile,
  recipeFrames,
} from "./recipe.ts";
import { compareDsfda, holdsDsfda } from "./dsfda/compare_dsfda.ts";
import { comparePft, holdsPft } from "./pft/compare_pft.ts";
import type { GoldenReport } from "./report.ts";
import { compareTtaCap } from "./tta_cap/compare_tta_cap.ts";
import { compareTokenizer, computeIdRows } from "./tokenizer_rows.ts";

/** Compares everything that a folder holds and this version can compute. */
export async function compareSet(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  if (await holdsDsfda(set)) {
    await compareDsfda(device, set, report);
    return;
  }
  if (await holdsPft(set)) {
    await comparePft(device, set, report);
    return;
  }
  if (await holdsBah(set)) {
    await compareBah(device, set, report);
    return;
  }
  const vocabulary = await set.vocabulary();
  const tokenizer = vocabulary === undefined
    ? undefined
    : new Tokenizer(await readVocabulary(vocabulary, { size: 49408 }));
  const withTokenizer = { device, set, report, tokenizer };
  const parts = {
    "tokenizer.json": () => compareTokenizer(set, report, tokenizer),
    "preprocess.safetensors": () => comparePreprocessing(device, set, report),
    "misc.json": () => compareMisc(device, set, report),
    "tiny_golden.safetensors": () =>
      withTiny(device, set, async (model, frames, clips) => {
        const rows = await computeClipRows(model, frames);
        const features = Float32Array.from(rows.get("image.feat") ?? []);
        await compareRows(withTokenizer, "tiny", model, [
          ...rows,
          ...await computeSourceRows(model, features, clips),
          ...await computeTuningRows(model, features, clips),
          ...await computeTrainRows(model, features, clips),
        ]);
      }),
    "loop.safetensors": () =>
      withTiny(device, set, async (model, frames, clips) => {
        const features = await model.images.encode(interleaved(frames, model.config));
        await compareLoops(set, model, features, clips, report);
      }),
    "real_golden.safetensors": async () => {
      const recipe = await set.json<Recipe>("real_recipe.json");
      checkRecipe(recipe, report);
      const weights = recipeFile(recipe, `${set.folder}/real_recipe.json`);
      using golden = await set.tensors("real_golden.safetensors");
      using model = await GoldenModel.load(device, weights, golden);
      const rows = await computeClipRows(model, recipeFrames(recipe));
      const frames = Float32Array.from(rows.get("image.feat") ?? []);
      const draw = recipeDraw(recipe), features = recipeFeatures(recipe);
      await compareRows(withTokenizer, "real", model, [
        ...rows,
        ...await computeSourceRows(model, frames, 1),
        ...draw ? await computeRealTuningRows(model, draw, frames, features) : [],
      ]);
    },
  };
  for (const [file, compare] of Object.entries(parts)) {
    if (!await set.has(file)) continue;
    try {
      await compare();
    } catch (error) {
      // A part that is damaged or incomplete must not stop the others.
      report.fail(file, error as Error);
    }
  }
  await compareTtaCap(device, set, report);
}

interface Comparison {
  readonly device: Device;
  readonly set: GoldenSet;
  readonly report: GoldenReport;
  readonly tokenizer: Tokenizer | undefined;
}

/** Does something with the small model and its clips, `[N, 3, R, R]` bytes. */
async function withTiny(
  device: Device,
  set: GoldenSet,
  action: (model: GoldenModel, frames: Uint8Array, clips: number) => Promise<void>,
): Promise<void> {
  using inputs = await set.tensors("tiny_inputs.safetensors");
  using golden = await set.tensors("tiny_golden.safetensors");
  const weights = await withTokenRows(inputs, "clip.");
  using model = await GoldenModel.load(device, weights, golden);
  const frames = Uint8Array.from(await numbersOf(inputs, "input.frames_u8"));
  await action(model, frames, inputs.tensors.get("input.frames_u8")?.shape[0] ?? 1);
}

/** Rows that are inputs, not results. */
const fedIn = ["train.labels", "autt_n8.ctx_init"];

/** Compares the rows of one model, in the order in which they were computed. */
async function compareRows(
  { set, report, tokenizer }: Comparison,
  name: "tiny" | "real",
  model: GoldenModel,
  rows: Iterable<[string, ArrayLike<number>]>,
): Promise<void> {
  const { golden } = model;
  const tolerances = tolerancesOf(await set.json<ToleranceFile>(`${name}_tolerances.json`), golden);
  const [, contextTokens = 4] = model.shapeOf("ctx_init");
  const computed = new Map([
    ...(tokenizer ? computeIdRows(tokenizer, sourceClassPrompts, contextTokens) : []),
    ...rows,
  ]);
  for (const [row, numbers] of computed) {
    if (!golden.tensors.has(row)) continue;
    report.compare(`${name}: ${row}`, numbers, await numbersOf(golden, row), tolerances(row));
  }
  const left = [...golden.tensors.keys()].filter((row) => !computed.has(row));
  const reasons = Map.groupBy(
    left,
    (row) =>
      fedIn.includes(row)
        ? "what is fed in"
        : !tokenizer && /ids$|read_pos$/.test(row)
        ? "no vocabulary"
        : "not in this version",
  );
  for (const [why, names] of reasons) report.leaveOut(names, `${why} (${name})`);
}
