import type { Shape } from "../../engine/mod.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { storedTensor, type TensorFile } from "../../io/tensors/tensor_file.ts";
import { readNumbers } from "../named_numbers.ts";

/** The layers of the head by the authors' names, whose numbers count activations too. */
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
  /** The text adapter's hidden width. */
  readonly adapter: number;
  /** Action Units: A. */
  readonly units: number;
  /** The classifier's hidden width. */
  readonly classifier: number;
  /** C. */
  readonly classes: number;
}

/** A head's parameters on the host, by the authors' names, in PyTorch's layout. */
export interface HeadParameters {
  /** The sizes, from the shapes. */
  readonly sizes: HeadSizes;
  /** The tensors by their names in files. */
  readonly numbers: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** The authors' sizes. */
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

/** Reads a head's parameters. Throws with the name of a tensor that is missing or has a wrong shape. */
export async function readHeadParameters(file: TensorFile, prefix = ""): Promise<HeadParameters> {
  const shapeOf = (name: string) => storedTensor(file, prefix + name).shape;
  const [adapter = 0, embedding = 0] = shapeOf("text_adapter.0.weight");
  const [classifier = 0, units = 0] = shapeOf("temporal_classifier.0.weight");
  const [classes = 0] = shapeOf("temporal_classifier.2.weight");
  const sizes: HeadSizes = { embedding, adapter, units, classifier, classes };
  return { sizes, numbers: await readNumbers(file, headShapes(sizes), prefix) };
}

/** Identifies a head: the SHA-256 of its parameters. */
export async function headFingerprint({ sizes, numbers }: HeadParameters): Promise<string> {
  const tensors = [...headShapes(sizes).keys()].flatMap((name) => [
    name,
    numbers.get(name) as Float32Array<ArrayBuffer>,
  ]);
  return await sha256([JSON.stringify(sizes), ...tensors]);
}
