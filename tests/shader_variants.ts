import { ceilingShaders } from "../bench/ceilings.ts";
import { expandShader, type Flag, type Shader, shaderVariants } from "../engine/mod.ts";
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

/** Values for all overrides of a variant. */
export function constantsOf(
  shader: Shader,
  flags: Readonly<Record<string, Flag>>,
): Record<string, number> {
  const overrides = [...expandShader(shader, flags).matchAll(/\boverride\s+(\w+)/g)];
  return Object.fromEntries(overrides.map(([, name = ""]) => [name, overrideValue]));
}

/** `ALONE=false ELEMENT=vec4f`: the flags of a variant. */
export function describeVariant(flags: Readonly<Record<string, Flag>>): string {
  return Object.entries(flags).map(([name, value]) => `${name}=${value}`).join(" ");
}

/** Every variant of every shader with all its overrides set. */
export function* eachVariant() {
  for (const { owner, shader } of shaders) {
    for (const flags of shaderVariants(shader)) {
      yield { owner, shader, flags, constants: constantsOf(shader, flags) };
    }
  }
}
