import type { Device } from "../../engine/mod.ts";
import { readFrameCheckpoint } from "../../model/frame_fusion/checkpoint.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { frameForms } from "../../model/frame_fusion/sizes.ts";
import { lengthOf } from "../dsfda/dsfda_set.ts";
import type { GoldenSet } from "../golden_set.ts";
import { type Recipe, recipeFile, recipeSum } from "../recipe.ts";
import type { GoldenReport } from "../report.ts";
import { frameLayers, type FrameRows } from "./frame_layers.ts";
import { compareFrameRows, type FrameTolerances } from "./frame_rows.ts";

interface Facts {
  readonly parameters_without_backbone: Readonly<Record<string, number>>;
  readonly lfan_channels: Readonly<Record<string, readonly number[]>>;
  readonly can_channels: Readonly<Record<string, readonly number[]>>;
  readonly heads: number;
}

/** The files of the models at the authors' sizes; other sets have files of these names too. */
export const realFrameFiles = [
  "real_golden.safetensors",
  "real_recipe.json",
  "real_tolerances.json",
] as const;

/** Compares LFAN and CAN at the authors' sizes, on weights and features by a recipe. */
export async function compareRealFrames(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const recipe = await set.json<Recipe>("real_recipe.json");
  const names = Object.keys(recipe.tensors);
  const wrong = names.filter((name) => recipeSum(recipe, name) !== recipe.tensors[name]?.crc32);
  report.equal(`bah: recipe: ${names.length} tensors`, wrong, []);
  const { facts, tensors } = await set.json<FrameTolerances<Facts>>("real_tolerances.json");
  using golden = await set.tensors("real_golden.safetensors");
  using file = recipeFile(recipe, `${set.folder}/real_recipe.json`);
  for (const form of frameForms) {
    const channels = facts[`${form}_channels`], order = Object.keys(channels);
    const parameters = await readFrameCheckpoint(file, {
      prefix: `${form}.`,
      order,
      heads: facts.heads,
    });
    const { modalities } = parameters.sizes;
    report.equal(
      `bah: ${form}: channels`,
      Object.fromEntries(modalities.map(({ name, channels }) => [name, channels])),
      channels,
    );
    // Statistics are no parameters, and CAN has a convolution that nothing uses.
    const own = names.filter((name) =>
      name.startsWith(`${form}.`) && !/running_(mean|var)$/.test(name)
    );
    const count = own.reduce(
      (sum, name) => sum + (recipe.tensors[name]?.shape ?? []).reduce((a, b) => a * b, 1),
      0,
    );
    report.equal(`bah: ${form}: parameters`, count, facts.parameters_without_backbone[form]);
    const clips: Record<string, Float32Array<ArrayBuffer>> = {};
    for (const { name } of modalities) {
      clips[name] = toFloat32("F32", await file.read(`x.${name}`));
    }
    const [batch = 1, steps = 0] = recipe.tensors[`x.${order[0]}`]?.shape ?? [];
    const rows: FrameRows = new Map();
    for (const [name, row] of await frameLayers(device, parameters, clips, [batch, steps])) {
      rows.set(name, row).set(`${name}.l2`, [lengthOf(row)]).set(`${name}.sample`, sampleOf(row));
    }
    await compareFrameRows(form, rows, { golden, tensors, report, part: "real: " });
  }
}

/** Up to 256 numbers of a layer, evenly spread. */
function sampleOf(row: ArrayLike<number>): number[] {
  const count = Math.min(256, row.length);
  return Array.from({ length: count }, (_, i) => row[Math.floor(i * row.length / count)] as number);
}
