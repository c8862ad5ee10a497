/**
 * The engine: opens a device, records model functions into plans, runs them, reads results back. It
 * knows no operation by name; those are in `kernels/`.
 *
 * @module
 */
export * from "./adapter.ts";
export * from "./compare.ts";
export * from "./device.ts";
export * from "./differentiate.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export { environment, type Host, setHost } from "./host.ts";
export * from "./limits.ts";
export * from "./op.ts";
export * from "./open_device.ts";
export * from "./plan.ts";
export * from "./plan_cache.ts";
export { readAhead } from "./read_ahead.ts";
export { type PlanOptions } from "./build_plan.ts";
export { record } from "./record.ts";
export * from "./recorder.ts";
export * from "./schedules/measured_schedule.ts";
export { Rng } from "../numbers/rng.ts";
export * from "./shader.ts";
export * from "./shape.ts";
export * from "./tensor.ts";
export * from "./trace.ts";
export * from "./weights.ts";
