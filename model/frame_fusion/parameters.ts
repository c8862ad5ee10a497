import { type Plan, type Recorder, Rng, type Tensor, type Weights } from "../../engine/mod.ts";
import { fromDevice, type Layout, toDevice } from "../dsfda/layout.ts";
import type { NamedNumbers } from "../named_numbers.ts";
import { foldBatchNorm } from "../tcn/mode.ts";
import { frameLayouts } from "./layouts.ts";
import { batchNorms, frameShapes, type FrameSizes, isStatistic } from "./sizes.ts";

/** A model's parameters and running statistics on the host, by the authors' names and in their layout. */
export interface FrameParameters {
  readonly sizes: FrameSizes;
  readonly numbers: NamedNumbers;
}

/** Records every parameter, and with it the running statistics, as inputs. */
export function trainedInputs(r: Recorder, sizes: FrameSizes, prefix = ""): Map<string, Tensor> {
  return new Map(
    [...frameLayouts(sizes)].map(([name, { shape }]) => [name, r.input(prefix + name, shape)]),
  );
}

/** Writes numbers to the inputs that `trainedInputs()` recorded. */
export function writeTrained(plan: Plan, { sizes, numbers }: FrameParameters): void {
  for (const [name, layout] of frameLayouts(sizes)) {
    plan.write(name, toDevice(numbers.get(name) as Float32Array<ArrayBuffer>, layout));
  }
}

/** What the device has of a parameter, in the authors' layout. */
export function fromTrained(
  sizes: FrameSizes,
  names: readonly string[],
  read: readonly ArrayLike<number>[],
): Map<string, Float32Array<ArrayBuffer>> {
  const layouts = frameLayouts(sizes);
  return new Map(
    names.map((name, i) => [
      name,
      fromDevice(read[i] as Float32Array<ArrayBuffer>, layouts.get(name) as Layout),
    ]),
  );
}

/** Whether a parameter belongs to batch norm, of which only what it comes to is on the device in use. */
const isFolded = (sizes: FrameSizes, name: string) =>
  batchNorms(sizes).some((norm) => name.startsWith(`${norm}.`));

/** Uploads what a trained model needs: its weights, and of each batch norm a factor and a shift. */
export function loadTrained(
  memory: Weights,
  { sizes, numbers }: FrameParameters,
): Map<string, Tensor> {
  const of = (name: string) => numbers.get(name) as Float32Array<ArrayBuffer>;
  const loaded = new Map<string, Tensor>();
  for (const [name, layout] of frameLayouts(sizes)) {
    if (isFolded(sizes, name)) continue;
    loaded.set(name, memory.tensor(name, layout.shape, "f32", toDevice(of(name), layout)));
  }
  for (const norm of batchNorms(sizes)) {
    const folded = foldBatchNorm({
      weight: of(`${norm}.weight`),
      bias: of(`${norm}.bias`),
      mean: of(`${norm}.running_mean`),
      variance: of(`${norm}.running_var`),
    });
    for (const [part, data] of Object.entries(folded)) {
      const name = `${norm}.${part}`;
      loaded.set(name, memory.tensor(name, [data.length], "f32", data));
    }
  }
  return loaded;
}

/** Parameters to start training from, initialised as PyTorch's layers are. */
export function initialFrames(sizes: FrameSizes, seed: number): FrameParameters {
  const rng = new Rng(seed), shapes = frameShapes(sizes);
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  const size = (shape: readonly number[]) => shape.reduce((product, of) => product * of, 1);
  for (const [name, shape] of shapes) {
    const weight = shapes.get(name.replace(/bias$/, "weight_v")) ??
      shapes.get(name.replace(/bias$/, "weight")) ?? shape;
    const [, ...taken] = weight;
    const draw = taken.length > 0 && !name.endsWith("weight_g")
      ? () => (2 * rng.uniform() - 1) / Math.sqrt(size(taken)) // a convolution or a linear layer
      : () => /weight$|running_var$/.test(name) ? 1 : 0; // a normalisation
    numbers.set(name, Float32Array.from({ length: size(shape) }, draw));
  }
  // Weight norm begins as if it were not there: each length is that of its row.
  for (const [name, lengths] of numbers) {
    if (!name.endsWith("weight_g")) continue;
    const rows = numbers.get(name.replace(/g$/, "v")) as Float32Array;
    const width = rows.length / lengths.length;
    for (const i of lengths.keys()) {
      lengths[i] = Math.hypot(...rows.subarray(i * width, (i + 1) * width));
    }
  }
  return { sizes, numbers };
}

/** The parameters that gradients change. */
export function trainedNames(sizes: FrameSizes): string[] {
  return [...frameShapes(sizes).keys()].filter((name) => !isStatistic(name));
}
