import { crc32 } from "node:zlib";
import type { Device } from "../../engine/mod.ts";
import { readParameters } from "../../model/dsfda/parameters.ts";
import type { GoldenSet } from "../golden_set.ts";
import { hex, type PicturesRecipe, recipeFile, recipeSum, squarePictures } from "../recipe.ts";
import type { GoldenReport } from "../report.ts";
import { compareRows, entries, lengthOf, readShaped, type Rows, type Shaped } from "./dsfda_set.ts";
import { discriminatorLayers, generatorLayers } from "./forward.ts";

/** Compares the networks in their full width, on pictures and weights by a recipe. */
export async function compareReal(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const recipe = await set.json<PicturesRecipe>("real_recipe.json");
  const names = Object.keys(recipe.tensors);
  const wrong = names.filter((name) => recipeSum(recipe, name) !== recipe.tensors[name]?.crc32);
  report.equal(`dsfda: recipe: ${names.length} tensors`, wrong, []);
  const faces = recipe.pictures.faces;
  if (!faces) throw new TypeError("Cannot compare the part: its recipe has no faces");
  const [count, , side] = faces.shape;
  const bytes = squarePictures("faces", recipe.seed, { planes: count * 3, side, step: faces.step });
  report.equal("dsfda: recipe: faces", hex(crc32(bytes)), faces.crc32);
  const numbers = Float32Array.from(bytes, (byte) => byte / 255);
  const pictures = { shape: [count, 3, side, side], numbers };
  using file = recipeFile({ ...recipe, inputs: {} }, `${set.folder}/real_recipe.json`);

  // The last picture is the identity's, the others are expressions.
  const rows: Rows = new Map();
  const expression = entries(pictures, 0, count - 1), identity = entries(pictures, count - 1, 1);
  const layers = await generatorLayers(device, await readParameters(file, "Gen."), {
    expression,
    identity,
    decoded: entries(pictures, 0, 1),
    noise: await readShaped(file, "noise"),
  });
  for (const [layer, found] of layers) addRows(rows, layer, found);
  const latent = layers.get("enc.ds4_out"), image = layers.get("dec.img");
  if (!latent || !image) throw new TypeError("Cannot compare the part: a layer is missing");
  rows.set("enc.latent_image0", entries(latent, 0, 1).numbers);
  const red = Array.from(
    { length: Math.ceil(side / 8) },
    (_, i) => image.numbers.subarray(8 * i * side, (8 * i + 1) * side),
  );
  rows.set("dec.image_red_rows_0_8_16", red.flatMap((row) => [...row]));
  for (const name of ["Dis_FR", "Dis_ER"] as const) {
    const parameters = await readParameters(file, `${name}.`);
    const own = name === "Dis_FR" ? identity : expression;
    const found = await discriminatorLayers(device, parameters, name, own);
    for (const [layer, of] of found) addRows(rows, `${name}.${layer}`, of);
    if (name === "Dis_FR") continue;
    const fakes = await discriminatorLayers(device, parameters, name, image);
    rows.set(`${name}.logits_of_generated`, fakes.get("logits")?.numbers ?? []);
  }
  await compareRows(set, "real", rows, report);
}

/** A layer itself, its norm for each picture, and 256 of its values. */
function addRows(rows: Rows, layer: string, found: Shaped): void {
  const { shape: [count = 1], numbers } = found;
  rows.set(layer, numbers);
  rows.set(
    `${layer}.l2`,
    Array.from({ length: count }, (_, n) => lengthOf(entries(found, n, 1).numbers)),
  );
  rows.set(
    `${layer}.sample`,
    Array.from({ length: 256 }, (_, i) => numbers[Math.floor(i * numbers.length / 256)] as number),
  );
}
