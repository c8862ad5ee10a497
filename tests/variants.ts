import { ceilingShaders } from "../bench/ceilings.ts";
import {
  checkedLimits,
  expandShader,
  type Flag,
  type Limits,
  type Shader,
  shaderVariants,
} from "../engine/mod.ts";
import { type Program, program } from "../engine/pipelines.ts";
import { kernels } from "../kernels/proofs.ts";

/** Every shader with the kernel that it belongs to, each once. */
export const shaders: readonly { readonly owner: string; readonly shader: Shader }[] = [
  ...new Map([
    ...kernels.flatMap(({ op, shaders }) => shaders.map((shader) => [shader, op.name] as const)),
    ...ceilingShaders.map((shader) => [shader, "bench"] as const),
  ]),
].map(([shader, owner]) => ({ owner, shader }));

/** Values for `override` constants: the most that kernels use, on GPUs. */
const overrideValue = 256;

/** What every WebGPU device has, and a bit more where software adapters and GPUs all have it. */
const guaranteed: Limits = {
  ...Object.fromEntries(checkedLimits.map((limit) => [limit, Infinity])) as Limits,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageTexturesPerShaderStage: 4,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
};

/** A variant with all its overrides set. Throws where it passes a guaranteed limit. */
export function settle(shader: Shader, flags: Record<string, Flag>, directive: string): Program {
  const overrides = [...expandShader(shader, flags).matchAll(/\boverride\s+(\w+)/g)];
  const constants = Object.fromEntries(overrides.map(([, name = ""]) => [name, overrideValue]));
  return program(shader, flags, constants, guaranteed, directive);
}

/** Every variant of every shader as JSON lines: what tools that look into compiled shaders read. */
export function dumpVariants(directive: string): string {
  return shaders.flatMap(({ owner, shader }) =>
    shaderVariants(shader).map((flags) => {
      const { name, code, constants } = settle(shader, flags, directive);
      return JSON.stringify({ owner, name, flags, code, constants }) + "\n";
    })
  ).join("");
}
