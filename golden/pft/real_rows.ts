import { crc32 } from "node:zlib";
import type { GoldenSet } from "../golden_set.ts";
import { hex, type PicturesRecipe, recipeFile, recipeSum, squarePictures } from "../recipe.ts";
import type { GoldenReport } from "../report.ts";
import { comparePart, readNumbers, type Rows } from "./pft_set.ts";
import { gramMatrices } from "./released_losses.ts";
import { ReleasedModel } from "./released_model.ts";
import { normalizedPictures } from "./trunk.ts";

/** Compares the release's networks in their full width, on pictures and weights by a recipe. */
export async function compareReal(set: GoldenSet, report: GoldenReport): Promise<void> {
  const recipe = await set.json<PicturesRecipe>("real_recipe.json");
  const wrong = Object.keys(recipe.tensors).filter((name) =>
    recipeSum(recipe, name) !== recipe.tensors[name]?.crc32
  );
  report.equal(`pft: recipe: ${Object.keys(recipe.tensors).length} tensors`, wrong, []);
  using weights = recipeFile({ ...recipe, inputs: {} }, `${set.folder}/real_recipe.json`);
  const model = new ReleasedModel(await readNumbers(weights)), rows: Rows = new Map();
  for (const [name, { shape, step, crc32: sum }] of Object.entries(recipe.pictures)) {
    const side = shape[2],
      bytes = squarePictures(name, recipe.seed, { planes: shape[0] * 3, side, step });
    report.equal(`pft: recipe: ${name}`, hex(crc32(bytes)), sum);
    const output = model.run(normalizedPictures(bytes, side));
    for (
      const [layer, { shape: [count, channels, height, width], values }] of output.source.maps
        .entries()
    ) {
      const size = values.length;
      rows.set(`${name}.map${layer}.l2`, lengths(values, count));
      rows.set(
        `${name}.map${layer}.sample`,
        Array.from({ length: 256 }, (_, i) => values[Math.floor(i * size / 256)] as number),
      );
      const grams = gramMatrices(values, channels, height * width);
      rows.set(`${name}.gram${layer}.l2`, lengths(grams, count));
    }
    rows.set(`${name}.F`, output.source.features.values);
    rows.set(`${name}.B`, output.bottleneck);
    rows.set(`${name}.logits_source`, output.sourceLogits);
    rows.set(`${name}.T.trunk`, output.trunk.features.values);
    rows.set(`${name}.T`, output.translated.values);
    rows.set(`${name}.logits`, output.logits);
  }
  await comparePart(set, "real", rows, report);
}

/** The norm of each of some equal parts. */
function lengths(values: Float64Array, count: number): number[] {
  const size = values.length / count;
  return Array.from(
    { length: count },
    (_, n) =>
      Math.sqrt(values.subarray(n * size, (n + 1) * size).reduce((sum, x) => sum + x * x, 0)),
  );
}
