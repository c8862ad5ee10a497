import type { Device } from "../../engine/mod.ts";
import { readParameters } from "../../model/dsfda/parameters.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareRows, entries, readShaped, type Rows } from "./dsfda_set.ts";
import { discriminatorLayers, generatorLayers } from "./forward.ts";

/** Compares every layer of the four networks in small. */
export async function compareTiny(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  using file = await set.tensors("tiny_inputs.safetensors");
  const generator = await readParameters(file, "Gen."), rows: Rows = new Map();
  const pictures = await readShaped(file, "val.pictures_u8");
  // Step 0, generation 0, the first two pictures.
  const all = await readShaped(file, "source.noise"), [, , images = 0, ...noise] = all.shape;
  const expression = entries(pictures, 0, 2), identity = entries(pictures, 2, 2);
  const layers = await generatorLayers(device, generator, {
    expression,
    decoded: expression,
    identity,
    noise: entries(
      {
        shape: [all.numbers.length / noise.reduce((a, b) => a * b, 1), ...noise],
        numbers: all.numbers,
      },
      0,
      Math.min(2, images),
    ),
  });
  for (const [layer, { numbers }] of layers) rows.set(layer, numbers);
  const generated = layers.get("dec.img");
  if (!generated) throw new TypeError("Cannot compare the part: nothing was generated");
  for (const name of ["Dis_FR", "Dis_ER"] as const) {
    const parameters = await readParameters(file, `${name}.`);
    const own = name === "Dis_FR" ? identity : expression;
    const found = await discriminatorLayers(device, parameters, name, own);
    for (const [layer, { numbers }] of found) rows.set(`${name}.${layer}`, numbers);
    const fakes = await discriminatorLayers(device, parameters, name, generated);
    rows.set(`${name}.logits_of_generated`, fakes.get("logits")?.numbers ?? []);
  }
  await compareRows(set, "tiny", rows, report);
}
