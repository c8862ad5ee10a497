import { differentiate, type Recorder, type Tensor } from "../engine/mod.ts";
import { add } from "./add/add.ts";

/**
 * Records the gradient of a loss with respect to some tensors, one for each. Only what lies between
 * these and the loss is recorded.
 *
 * @example
 * ```ts
 * import { entropy, grad, mean, openDevice, record } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => {
 *   const logits = r.input("logits", [1, 2]);
 *   return grad(r, mean(r, entropy(r, logits), 0), [logits]);
 * });
 * plan.write("logits", Float32Array.of(0.3, -1.2));
 * plan.run();
 * const [slope] = await device.read(plan.outputs);
 * assert.ok(Math.abs((slope?.[0] ?? 0) + 0.22372) < 1e-5);
 * ```
 */
export function grad(recorder: Recorder, loss: Tensor, by: readonly Tensor[]): Tensor[] {
  return differentiate(recorder, loss, by, add);
}
