import type { Device } from "../../engine/mod.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { type TemporalOptions, TemporalTransformer } from "./temporal_transformer.ts";

/**
 * Loads a temporal transformer from a file: safetensors or PyTorch. A checkpoint without one is refused,
 * because the output of an untrained one means nothing.
 *
 * @example
 * ```ts
 * import { loadTemporalTransformer, openDevice } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice();
 * await assert.rejects(
 *   loadTemporalTransformer(device, "no-such-file.safetensors"),
 *   /no-such-file.safetensors/,
 * );
 * ```
 */
export async function loadTemporalTransformer(
  device: Device,
  path: string,
  options: TemporalOptions = {},
): Promise<TemporalTransformer> {
  using file = await openTensors(path);
  return await TemporalTransformer.load(device, file, options);
}
