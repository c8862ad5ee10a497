import { crc32 } from "node:zlib";
import type { GoldenSet } from "../golden_set.ts";
import { hashedBytes, hex, type Recipe, recipeFile, recipeSum } from "../recipe.ts";
import type { GoldenReport } from "../report.ts";
import { comparePart, readNumbers, type Rows } from "./pft_set.ts";
import { gramMatrices } from "./released_losses.ts";
import { ReleasedModel } from "./released_model.ts";
import { normalizedPictures } from "./trunk.ts";

/** `real_recipe.json` of a set of PFT. */
interface PftRecipe extends Omit<Recipe, "inputs"> {
  readonly pictures: Readonly<
    Record<string, {
      readonly shape: readonly [number, number, number, number?];
      readonly step: number;
      readonly crc32: string;
    }>
  >;
}

/** Compares the release's networks in their full width, on pictures and weights by a recipe. */
export async function compareReal(set: GoldenSet, report: GoldenReport): Promise<void> {
  const recipe = await set.json<PftRecipe>("real_recipe.json");
  const wrong = Object.keys(recipe.tensors).filter((name) =>
    recipeSum(recipe, name) !== recipe.tensors[name]?.crc32
  );
  report.equal(`pft: recipe: ${Object.keys(recipe.tensors).length} tensors`, wrong, []);
  using weights = recipeFile({ ...recipe, inputs: {} }, `${set.folder}/real_recipe.json`);
  const model = new ReleasedModel(await readNumbers(weights)), rows: Rows = new Map();
  for (const [name, { shape, step, crc32: sum }] of Object.entries(recipe.pictures)) {
    const side = shape[2], bytes = pictureBytes(name, recipe.seed, shape[0] * 3, side, step);
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

/** Square pictures: coarse blocks with noise on them. */
function pictureBytes(
  name: string,
  seed: number,
  planes: number,
  side: number,
  step: number,
): Uint8Array<ArrayBuffer> {
  const blocks = side / step;
  const block = hashedBytes(`${name}/block`, seed, planes * blocks * blocks);
  return hashedBytes(`${name}/noise`, seed, planes * side * side).map((noise, p) => {
    const x = p % side, y = Math.floor(p / side) % side, plane = Math.floor(p / (side * side));
    const place = (plane * blocks + Math.floor(y / step)) * blocks + Math.floor(x / step);
    return Math.min(255, Math.max(0, (block[place] as number) + (noise >> 3) - 16));
  });
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
