import type { Device } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensor_file.ts";
import { readVocabulary } from "../../model/tokenizer/vocabulary.ts";
import { Tokenizer } from "../../model/tokenizer/tokenizer.ts";
import { computeClipRows } from "./clip_rows.ts";
import { type Computed, GoldenModel } from "./golden_model.ts";
import { computeSourceRows } from "./head_rows.ts";
import { computeRealTuningRows, computeTuningRows } from "./tuning_rows.ts";
import {
  type GoldenSet,
  numbersOf,
  type ToleranceFile,
  tolerancesOf,
  withTokenRows,
} from "./golden_set.ts";
import { compareMisc } from "./misc_rows.ts";
import { comparePreprocessing } from "./preprocess_rows.ts";
import { sourceClassPrompts } from "../../model/au_prompts.ts";
import {
  checkRecipe,
  type Recipe,
  recipeDraw,
  recipeFeatures,
  recipeFile,
  recipeFrames,
} from "./recipe.ts";
import type { GoldenReport } from "./report.ts";
import { compareTokenizer, computeIdRows } from "./tokenizer_rows.ts";

/** Compares everything that a folder holds and this version can compute. */
export async function compareSet(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const vocabulary = await set.vocabulary();
  const tokenizer = vocabulary === undefined
    ? undefined
    : new Tokenizer(await readVocabulary(vocabulary, { size: 49408 }));
  const withTokenizer = { device, set, report, tokenizer };
  const parts = {
    "tokenizer.json": () => compareTokenizer(set, report, tokenizer),
    "preprocess.safetensors": () => comparePreprocessing(device, set, report),
    "misc.json": () => compareMisc(device, set, report),
    "tiny_golden.safetensors": async () => {
      using inputs = await set.tensors("tiny_inputs.safetensors");
      const weights = await withTokenRows(inputs, "clip.");
      const frames = Uint8Array.from(await numbersOf(inputs, "input.frames_u8"));
      await compareModel(withTokenizer, "tiny", weights, async (model) => {
        const rows = await computeClipRows(model, frames);
        const features = Float32Array.from(rows.get("image.feat") ?? []);
        const { tensors } = inputs, [clips = 1] = tensors.get("input.frames_u8")?.shape ?? [];
        return new Map([
          ...rows,
          ...await computeSourceRows(model, features, clips),
          ...await computeTuningRows(model, features, clips),
        ]);
      });
    },
    "real_golden.safetensors": async () => {
      const recipe = await set.json<Recipe>("real_recipe.json");
      checkRecipe(recipe, report);
      const weights = recipeFile(recipe, `${set.folder}/real_recipe.json`);
      await compareModel(withTokenizer, "real", weights, async (model) => {
        const rows = await computeClipRows(model, recipeFrames(recipe));
        const frames = Float32Array.from(rows.get("image.feat") ?? []);
        const draw = recipeDraw(recipe), features = recipeFeatures(recipe);
        return new Map([
          ...rows,
          ...await computeSourceRows(model, frames, 1),
          ...draw ? await computeRealTuningRows(model, draw, frames, features) : [],
        ]);
      });
    },
  };
  for (const [file, compare] of Object.entries(parts)) {
    if (!await set.has(file)) continue;
    try {
      await compare();
    } catch (error) {
      // One part that is broken or incomplete does not take the others with it.
      report.fail(file, error as Error);
    }
  }
}

interface Comparison {
  readonly device: Device;
  readonly set: GoldenSet;
  readonly report: GoldenReport;
  readonly tokenizer: Tokenizer | undefined;
}

/** Compares the rows of one model, in the order in which it computes them. */
async function compareModel(
  { device, set, report, tokenizer }: Comparison,
  name: "tiny" | "real",
  weights: TensorFile,
  compute: (model: GoldenModel) => Promise<Computed>,
): Promise<void> {
  using golden = await set.tensors(`${name}_golden.safetensors`);
  const tolerances = tolerancesOf(await set.json<ToleranceFile>(`${name}_tolerances.json`), golden);
  using model = await GoldenModel.load(device, weights, golden);
  const computed = new Map([
    ...(tokenizer ? computeIdRows(tokenizer, sourceClassPrompts) : []),
    ...await compute(model),
  ]);
  for (const [row, numbers] of computed) {
    if (!golden.tensors.has(row)) continue;
    report.compare(`${name}: ${row}`, numbers, await numbersOf(golden, row), tolerances(row));
  }
  const left = [...golden.tensors.keys()].filter((row) => !computed.has(row));
  const needIds = left.filter((row) => /\.(ids|read_pos)$/.test(row));
  if (!tokenizer) report.leaveOut(needIds, `no vocabulary (${name})`);
  report.leaveOut(
    left.filter((row) => tokenizer || !needIds.includes(row)),
    `not in this version (${name})`,
  );
}
