import { createHash } from "node:crypto";
import { formatShape, sameShape, type Shape } from "../../engine/mod.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { storedTensor, type TensorFile } from "../../io/tensors/tensor_file.ts";

/** The layers of the head by the authors' names; numbers count the activations between as well. */
export const headLayers = [
  "text_adapter.0",
  "text_adapter.2",
  "temporal",
  "temporal_classifier.0",
  "temporal_classifier.2",
] as const;
export type HeadLayer = typeof headLayers[number];

/** The sizes of a head. */
export interface HeadSizes {
  /** Width of CLIP's embeddings: d. */
  readonly embedding: number;
  /** Width of the text adapter's middle. */
  readonly adapter: number;
  /** Action Units: A. */
  readonly units: number;
  /** Width of the classifier's middle. */
  readonly classifier: number;
  /** C. */
  readonly classes: number;
}

/** A head in host memory: numbers by the authors' names, laid out as PyTorch does. */
export interface HeadParameters {
  /** What follows from the shapes. */
  readonly sizes: HeadSizes;
  /** By the names in files. */
  readonly numbers: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** The sizes that the authors train. */
export function usualSizes(embedding: number, units: number, classes: number): HeadSizes {
  return { embedding, adapter: 512, units, classifier: 256, classes };
}

/** Every tensor of a head with its shape in PyTorch's layout, the outputs first. */
export function headShapes(sizes: HeadSizes): Map<string, Shape> {
  const { embedding: d, adapter, units, classifier, classes } = sizes;
  const weights: Record<HeadLayer, Shape> = {
    "text_adapter.0": [adapter, d],
    "text_adapter.2": [d, adapter],
    "temporal": [d, d, 3],
    "temporal_classifier.0": [classifier, units],
    "temporal_classifier.2": [classes, classifier],
  };
  return new Map(
    headLayers.flatMap((layer): [string, Shape][] => [
      [`${layer}.weight`, weights[layer]],
      [`${layer}.bias`, weights[layer].slice(0, 1)],
    ]),
  );
}

/** Reads a head out of a file. Throws, with its name, where a tensor is missing or misshapen. */
export async function readHeadParameters(file: TensorFile, prefix = ""): Promise<HeadParameters> {
  const shapeOf = (name: string) => storedTensor(file, prefix + name).shape;
  const [adapter = 0, embedding = 0] = shapeOf("text_adapter.0.weight");
  const [classifier = 0, units = 0] = shapeOf("temporal_classifier.0.weight");
  const [classes = 0] = shapeOf("temporal_classifier.2.weight");
  const sizes: HeadSizes = { embedding, adapter, units, classifier, classes };
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of headShapes(sizes)) {
    const stored = storedTensor(file, prefix + name);
    if (!sameShape(stored.shape, shape)) {
      throw new TypeError(
        `Cannot load "${file.name}": ${prefix}${name} must be ${formatShape(shape)}: ` +
          `got ${formatShape(stored.shape)}`,
      );
    }
    const data = toFloat32(stored.dtype, await file.read(prefix + name));
    if (!data.every(Number.isFinite)) {
      throw new TypeError(
        `Cannot load "${file.name}": ${prefix}${name} has numbers that are not finite`,
      );
    }
    numbers.set(name, data);
  }
  return { sizes, numbers };
}

/** Tells heads apart: SHA-256 of their numbers. */
export function headFingerprint({ sizes, numbers }: HeadParameters): string {
  const hash = createHash("sha256").update(JSON.stringify(sizes));
  for (const name of headShapes(sizes).keys()) {
    const data = numbers.get(name) as Float32Array<ArrayBuffer>;
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}
