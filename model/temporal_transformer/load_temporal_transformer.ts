import type { Device } from "../../engine/mod.ts";
import { openTensors } from "../../io/open_tensors.ts";
import { type TemporalOptions, TemporalTransformer } from "./temporal_transformer.ts";

/** Loads a temporal transformer from a file: safetensors, or what PyTorch writes. */
export async function loadTemporalTransformer(
  device: Device,
  path: string,
  options: TemporalOptions = {},
): Promise<TemporalTransformer> {
  using file = await openTensors(path);
  return await TemporalTransformer.load(device, file, options);
}
