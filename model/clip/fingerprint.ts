import { createHash } from "node:crypto";
import type { ClipCheckpoint } from "./checkpoint.ts";
import { clipShapes } from "./tensor_shapes.ts";

/**
 * Tells checkpoints apart, whatever their format, names and number type: SHA-256 of the sizes, of the
 * biases and layer norms of both towers, and of the projections. What trains or tunes a CLIP moves
 * all of these; the large matrices would take as long again as loading does.
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
