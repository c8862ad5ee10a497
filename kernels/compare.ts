import {
  type AnyReference,
  compareWith,
  type Comparison,
  type Device,
  type Plan,
} from "../engine/mod.ts";

/**
 * Runs a plan operation by operation and checks each against its float64 reference, up to the first
 * that diverges. An operation of your own needs its reference in `references`.
 *
 * @example
 * ```ts
 * import { compare, openDevice, record, softmax } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => softmax(r, r.input("x", [3, 5])));
 * plan.write("x", Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)));
 * const [row] = await compare(device, plan);
 * assert.equal(row?.diverges, false);
 * ```
 */
export async function compare(
  device: Device,
  plan: Plan,
  references: readonly AnyReference[] = [],
): Promise<Comparison[]> {
  // Loaded on demand: no product module imports the proofs.
  const { kernels } = await import("./proofs.ts");
  return await compareWith([...references, ...kernels], device, plan);
}
