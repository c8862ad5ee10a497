/**
 * The engine: plans of hand-written WebGPU kernels, gradients, and nothing that knows of faces.
 *
 * @example A plan of two kernels
 * ```ts
 * import { matmul, openDevice, record, softmax } from "@autt/autt/engine";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice();
 * using plan = await record(device, (r) => {
 *   const x = r.input("x", [1, 2]);
 *   return softmax(r, matmul(r, x, r.input("w", [2, 2])));
 * });
 * plan.write("x", Float32Array.of(1, 2));
 * plan.write("w", Float32Array.of(1, 3, 1, 0));
 * plan.run();
 * assert.deepEqual([...await device.read(plan.outputs)], [0.5, 0.5]);
 * ```
 *
 * @module
 */
import "../engine/deno_host.ts";
export * from "../engine/mod.ts";
export * from "../kernels/mod.ts";
