import { type Device, record, type Recorder, type Tensor } from "../../engine/mod.ts";
import { decode } from "../../model/dsfda/decoder.ts";
import { encode } from "../../model/dsfda/encoder.ts";
import { classify } from "../../model/dsfda/head.ts";
import { channelsLast } from "../../model/dsfda/layout.ts";
import {
  layoutsOf,
  parameterInputs,
  type Parameters,
  writeParameters,
} from "../../model/dsfda/parameters.ts";
import { asGolden, type Shaped } from "./dsfda_set.ts";

/** Layers as golden numbers have them, channels first. */
export type Layers = Map<string, Shaped>;

/** Computes every layer: of one discriminator or of the generator, on a plan of its own. */
async function layersOf(
  device: Device,
  parameters: Parameters,
  inputs: Readonly<Record<string, Shaped>>,
  forward: (
    r: Recorder,
    weights: ReadonlyMap<string, Tensor>,
    inputs: Readonly<Record<string, Tensor>>,
    show: (name: string, x: Tensor) => void,
  ) => void,
): Promise<Layers> {
  const shown = new Map<string, Tensor>();
  using plan = await record(device, (r) => {
    const weights = parameterInputs(r, layoutsOf(parameters));
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape: [b = 0, c = 0, h = 0, w = 0] }]) => [
        name,
        r.input(name, [b, h, w, c]),
      ]),
    );
    forward(r, weights, tensors, (name, x) => shown.set(name, x));
    return [...shown.values()];
  });
  writeParameters(plan, parameters);
  for (const [name, { shape, numbers }] of Object.entries(inputs)) {
    plan.write(name, channelsLast(numbers, shape));
  }
  plan.run();
  const read = await device.read(plan.outputs);
  return new Map(
    [...shown].map(([name, { shape }], i) => {
      const [b = 0, h = 0, w = 0, c = 0] = shape;
      return [name, {
        shape: [b, c, h, w],
        numbers: asGolden(read[i] as Float32Array<ArrayBuffer>, shape),
      }];
    }),
  );
}

/** Every layer of the expression encoder with its head, and of the decoder. */
export async function generatorLayers(
  device: Device,
  parameters: Parameters,
  faces: {
    readonly expression: Shaped;
    readonly identity: Shaped;
    readonly decoded: Shaped;
    readonly noise: Shaped;
  },
): Promise<Layers> {
  return await layersOf(device, parameters, { ...faces }, (r, weights, inputs, show) => {
    const { expression, identity, decoded, noise } = inputs as Record<keyof typeof faces, Tensor>;
    const latent = encode(
      r,
      weights,
      "Gen.enc_ER",
      expression,
      (layer, x) => show(`enc.${layer}`, x),
    );
    classify(r, weights, "Gen.fc_ER", latent, undefined, (layer, x) => show(`fc.${layer}`, x));
    decode(r, weights, "Gen.dec", {
      expression: encode(r, weights, "Gen.enc_ER", decoded),
      identity: encode(r, weights, "Gen.enc_FR", identity),
      noise,
    }, (layer, x) => show(`dec.${layer}`, x));
  });
}

/** The latent and logits of one discriminator. */
export async function discriminatorLayers(
  device: Device,
  parameters: Parameters,
  name: "Dis_FR" | "Dis_ER",
  pictures: Shaped,
): Promise<Layers> {
  return await layersOf(device, parameters, { pictures }, (r, weights, inputs, show) => {
    const latent = encode(r, weights, `${name}.enc`, inputs.pictures as Tensor);
    show("latent", latent);
    show("logits", classify(r, weights, `${name}.fc`, latent));
  });
}
