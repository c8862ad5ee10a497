import type { Device } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { numbersOf } from "../golden_set.ts";
import { readShaped } from "./dsfda_set.ts";
import { discriminatorLayers } from "./forward.ts";

/**
 * Accuracy and cross-entropy after an epoch, of the expression encoder with its classifier and of its
 * discriminator. The release divides the sum of the batches' means by one less than their number.
 */
export async function validationRow(
  device: Device,
  file: TensorFile,
  parameters: Parameters,
  batch: number,
): Promise<number[]> {
  const pictures = await readShaped(file, "val.pictures_u8");
  const labels = [...await numbersOf(file, "val.labels")];
  const classifier = renamed(parameters, {
    "Gen.enc_ER.": "Dis_ER.enc.",
    "Gen.fc_ER.": "Dis_ER.fc.",
  });
  const discriminator = renamed(parameters, { "Dis_ER.": "Dis_ER." });
  const results: number[] = [];
  for (const network of [classifier, discriminator]) {
    const layers = await discriminatorLayers(device, network, "Dis_ER", pictures);
    const logits = layers.get("logits")?.numbers ?? new Float32Array(0);
    results.push(...judge(logits, labels, batch));
  }
  return results;
}

function renamed(parameters: Parameters, names: Readonly<Record<string, string>>): Parameters {
  return new Map(
    [...parameters].flatMap(([name, parameter]) => {
      const from = Object.keys(names).find((prefix) => name.startsWith(prefix));
      return from === undefined ? [] : [[names[from] + name.slice(from.length), parameter]];
    }),
  );
}

/** The share of right answers, and the release's cross-entropy. */
function judge(logits: Float32Array, labels: readonly number[], batch: number): [number, number] {
  const classes = logits.length / labels.length, sums: number[] = [];
  let right = 0;
  for (let first = 0; first < labels.length; first += batch) {
    const own = labels.slice(first, first + batch);
    const entropies = own.map((label, i) => {
      const row = [...logits.subarray((first + i) * classes, (first + i + 1) * classes)];
      const most = Math.max(...row);
      if (row.indexOf(most) === label) right++;
      const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
      return most + Math.log(sum) - (row[label] as number);
    });
    sums.push(entropies.reduce((a, b) => a + b, 0) / own.length);
  }
  return [right / labels.length, sums.reduce((a, b) => a + b, 0) / (sums.length - 1)];
}
