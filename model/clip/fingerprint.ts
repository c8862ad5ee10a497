import { createHash } from "node:crypto";
import type { ClipCheckpoint } from "./checkpoint.ts";
import { clipShapes } from "./tensor_shapes.ts";

/**
 * Identifies a checkpoint independently of format, names and number type: the SHA-256 of the sizes, the
 * biases and layer norms of both towers, and the projections. Training changes all of these; hashing the
 * large matrices as well would take as long as loading.
 */
export async function clipFingerprint(checkpoint: ClipCheckpoint): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(checkpoint.config));
  const projections = ["visual.proj", "text_projection"];
  for (const [name, shape] of clipShapes(checkpoint.config)) {
    if (shape.length > 1 && !projections.includes(name)) continue;
    const numbers = await checkpoint.read(name, shape);
    hash.update(name).update(new Uint8Array(numbers.buffer));
  }
  return hash.digest("hex");
}
