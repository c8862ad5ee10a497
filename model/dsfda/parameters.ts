import {
  formatShape,
  type Plan,
  type Recorder,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { storedTensor, type TensorFile } from "../../io/tensors/tensor_file.ts";
import { type Layout, layoutOf, toDevice } from "./layout.ts";

/** One parameter, as a checkpoint has it. */
export interface Parameter {
  /** In the authors' layout. */
  readonly shape: Shape;
  /** In row-major order. */
  readonly numbers: Float32Array<ArrayBuffer>;
}

/** Parameters by the authors' names: `Gen.enc_ER.conv1.0.conv.weight`. */
export type Parameters = ReadonlyMap<string, Parameter>;

/** The same on the device, in the layouts that `layoutOf()` gives them. */
export type Weights = ReadonlyMap<string, Tensor>;

/** A weight that a network cannot do without. */
export function weightOf(weights: Weights, name: string): Tensor {
  const found = weights.get(name);
  if (found) return found;
  throw new TypeError(`Cannot record DSFDA: there is no weight "${name}"`);
}

/**
 * Reads the parameters whose names begin with a prefix, which another then stands for. Running statistics, which
 * old checkpoints hold and nothing uses, are left out.
 */
export async function readParameters(
  file: TensorFile,
  prefix: string,
  as = prefix,
): Promise<Map<string, Parameter>> {
  const found = new Map<string, Parameter>();
  for (const name of file.tensors.keys()) {
    if (!name.startsWith(prefix) || /running_(mean|var)$|num_batches_tracked$/.test(name)) continue;
    const { dtype, shape } = storedTensor(file, name);
    const numbers = toFloat32(dtype, await file.read(name));
    found.set(as + name.slice(prefix.length), { shape, numbers });
  }
  if (found.size > 0) return found;
  throw new TypeError(
    `Cannot read "${file.name}": it has no tensor whose name begins with "${prefix}"`,
  );
}

/** The layout of each parameter on the device. */
export function layoutsOf(
  parameters: ReadonlyMap<string, { readonly shape: Shape }>,
): Map<string, Layout> {
  const layouts = new Map<string, Layout>();
  for (const [name, { shape }] of parameters) {
    const layout = layoutOf(name, shape, latentChannels(name, parameters));
    if (!layout.from.every(Number.isInteger)) {
      throw new TypeError(
        `Cannot use "${name}" ${formatShape(shape)}: its columns must be the encoder's ` +
          `${layout.from[1]} channels of a square latent`,
      );
    }
    layouts.set(name, layout);
  }
  return layouts;
}

/** Records parameters as inputs, so that they are leaves for gradients. */
export function parameterInputs(
  r: Recorder,
  layouts: ReadonlyMap<string, Layout>,
  prefix = "",
): Map<string, Tensor> {
  return new Map([...layouts].map(([name, { shape }]) => [name, r.input(prefix + name, shape)]));
}

/** Writes numbers to the inputs that `parameterInputs()` recorded. */
export function writeParameters(plan: Plan, parameters: Parameters, prefix = ""): void {
  for (const [name, layout] of layoutsOf(parameters)) {
    plan.write(prefix + name, toDevice((parameters.get(name) as Parameter).numbers, layout));
  }
}

/** The channels of the latent that a head takes: what its encoder's last convolution makes. */
function latentChannels(
  name: string,
  parameters: ReadonlyMap<string, { readonly shape: Shape }>,
): number {
  if (!name.endsWith("fc1.weight")) return 1;
  const encoder = name.replace(/fc(?=(_[A-Z]+)?\.fc1)/, "enc").replace(
    "fc1.weight",
    "conv4.0.conv.weight",
  );
  return parameters.get(encoder)?.shape[0] ?? 1;
}
