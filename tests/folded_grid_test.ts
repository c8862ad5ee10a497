import assert from "node:assert/strict";
import { elements, expandShader, openDevice, shaderVariants } from "../engine/mod.ts";
import type { AnyKernel, Case } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";
import { designs } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";
import { shaders } from "./variants.ts";
import { stepsOf } from "./steps_of.ts";

/** Elements of operands up to which a case is small. */
const small = 2 ** 15;

function isSmall({ inputs }: Case<unknown>): boolean {
  const sizes = Object.values(inputs).map((one) => one ? elements(one.shape) : 0);
  return sizes.reduce((sum, size) => sum + size, 0) <= small;
}

/** Shaders that number workgroups over the rows of a grid. */
const folding = new Set(
  shaders.filter(({ owner, shader }) => {
    const [flags] = shaderVariants(shader);
    return owner !== "bench" && /grid\.x/.test(expandShader(shader, flags));
  }).map(({ shader }) => shader.name),
);

/**
 * A second row of a grid is for more than 65,535 workgroups. With rows of three, small cases have one: each
 * shader runs with it twice.
 */
Deno.test({
  name: "every shader that folds its grid is right in its second row",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    using device = await openDevice({ families: { ...designs.chosen, grid: "folded" } });
    using wide = await openDevice({ families: { ...designs.gpu, grid: "folded" } });
    const times = new Map<string, number>();
    for (const kernel of kernels as readonly AnyKernel[]) {
      for (const test of kernel.cases().filter(isSmall)) {
        for (const one of [device, wide]) {
          const folded = (await stepsOf(one, kernel, test))
            .filter(({ program, workgroups: [, rows] }) => rows > 1 && folding.has(program.name))
            .map(({ program }) => program.name);
          if (!folded.some((name) => (times.get(name) ?? 0) < 2)) continue;
          await runCase(one, prepareCase(kernel, test));
          for (const name of folded) times.set(name, (times.get(name) ?? 0) + 1);
        }
      }
    }
    assert.deepEqual([...folding].filter((name) => !times.has(name)), []);
    assert.ok(folding.size > 30, `${folding.size}`);
  },
});
