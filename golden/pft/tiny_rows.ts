import { Adam } from "../../tta/pft/adam.ts";
import { consistency } from "../../tta/pft/losses.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { comparePart, numbersIn, type PftTolerances, readNumbers, type Rows } from "./pft_set.ts";
import { ReleasedModel } from "./released_model.ts";
import { gramStyle } from "./released_losses.ts";
import { type Maps, Tape } from "./tape.ts";
import { normalizedPictures, runTrunk } from "./trunk.ts";

/** The settings of the part. */
interface Facts {
  readonly lr: number;
  readonly "order_of_train.grad_norms": readonly string[];
}

/** Compares the release's networks, narrow ones, and one step of its source stage. */
export async function compareTiny(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { facts } = await set.json<PftTolerances<Facts>>("tiny_tolerances.json");
  using file = await set.tensors("tiny_inputs.safetensors");
  const numbers = await readNumbers(file), rows: Rows = new Map();
  const bytes = numbersIn(numbers, "images_u8"), half = bytes.length / 2;
  const side = file.tensors.get("images_u8")?.shape[2] ?? 1;
  const first = normalizedPictures(bytes.subarray(0, half), side);
  const second = normalizedPictures(bytes.subarray(half), side);
  const model = new ReleasedModel(numbers);

  const frozen = model.run(second);
  for (const [layer, { values }] of frozen.source.maps.entries()) {
    rows.set(`eval.map${layer}`, values);
  }
  rows.set("eval.F", frozen.source.features.values);
  rows.set("eval.B", frozen.bottleneck);
  rows.set("eval.logits_source", frozen.sourceLogits);
  rows.set("eval.C.weight", model.classMatrix());
  rows.set("eval.T.trunk", frozen.trunk.features.values);
  rows.set("eval.T", frozen.translated.values);
  rows.set("eval.logits", frozen.logits);

  const tape = new Tape(), trained = model.run(second, tape);
  const expression = consistency(trained.logits, frozen.sourceLogits);
  const donor = runTrunk(numbers, "F.", first).maps;
  let style = 0;
  for (let layer = 0; layer < 3; layer++) {
    const [a, b] = [donor[layer] as Maps, frozen.source.maps[layer] as Maps];
    const [, channels, height, width] = a.shape;
    style += gramStyle(a.values, b.values, channels, height * width).value;
  }
  rows.set("train.T", trained.translated.values);
  rows.set("train.logits", trained.logits);
  rows.set("train.loss_expr", [expression.value]);
  rows.set("train.loss_style", [style]);
  rows.set("train.loss", [expression.value + style]);

  trained.translated.gradient.set(model.classifier.featureGradient(expression.gradient));
  tape.playBack();
  const names = facts["order_of_train.grad_norms"];
  const gradients = names.map((name) => numbersIn(tape.gradients, `T.${name}`));
  rows.set("train.grad_norms", gradients.map((of) => Math.sqrt(of.reduce((s, x) => s + x * x, 0))));
  const parameters = names.map((name) => numbersIn(numbers, `T.${name}`));
  const before = parameters.map((of) => of.slice());
  new Adam(parameters, facts.lr).step(parameters, gradients);
  for (const [p, name] of names.entries()) {
    const [start, now] = [before[p] as Float64Array, parameters[p] as Float64Array];
    rows.set(`train.grad.${name}`, gradients[p] as Float64Array);
    rows.set(`train.delta.${name}`, now.map((x, i) => x - (start[i] as number)));
  }
  // Running statistics have moved as the step ran.
  for (const [name, values] of numbers) {
    if (/^T\..*\.running_/.test(name)) rows.set(`train.after.${name.slice(2)}`, values);
  }
  await comparePart(set, "tiny", rows, report);
}
