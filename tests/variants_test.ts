import assert from "node:assert/strict";
import { elements, type Flags, openDevice, shaderVariants } from "../engine/mod.ts";
import { kernels } from "../kernels/proofs.ts";
import { designs } from "./devices.ts";
import { settle, shaders } from "./variants.ts";
import { stepsOf } from "./steps_of.ts";

/**
 * Forms that no case can reach here, with the reason. Everything else that a shader can be built with is
 * executed by a case, in any two settings together: all combinations would be thousands.
 */
const unreachable: Readonly<Record<string, RegExp>> = {
  // An adapter has one number of lanes. The tests on Dawn run those of four.
  // 20 rows and a residual do not go together.
  "panel.ts": /LANES=(?!8\b)|ROWS=20 RESIDUAL(_TEXELS)?=true/,
  "panel_conv2d.ts": /LANES=(?!8\b)/,
  "subgroup.wgsl": /LANES=(?!8\b)/,
  // The larger tiles are for large products; matmul_tiles_test.ts runs each on smaller ones.
  "tile.ts": /TILE=(128x128|64x128)/,
  // Weights are packed before anything is recorded, by the same shaders for float32 and halves.
  "pack_panel.wgsl": /rgba16float/,
  "pack_rows.wgsl": /HALF=true/,
};

/** `BIAS=true HALF=false`: every two settings of a variant, and each alone. */
function pairsOf(flags: Flags): string[] {
  const settings = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
  return settings.flatMap((a, i) => [a, ...settings.slice(i + 1).map((b) => `${a} ${b}`)]);
}

Deno.test({
  name: "cases execute every shader in any two of its settings together",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    using chosen = await openDevice({ families: designs.chosen });
    using gpu = await openDevice({ families: designs.gpu });
    if (chosen.adapter.lanes !== 8) return console.log("left out: the adapter has not 8 lanes");
    const executed = new Set<string>();
    for (const kernel of kernels) {
      for (const test of kernel.cases()) {
        const sizes = Object.values(test.inputs).map((one) => one ? elements(one.shape) : 0);
        // As kernels_test.ts runs them.
        for (const device of Math.max(...sizes) > 2 ** 19 ? [chosen] : [chosen, gpu]) {
          for (const { program } of await stepsOf(device, kernel, test)) executed.add(program.code);
        }
      }
    }
    const missing: string[] = [];
    let variants = 0, reached = 0;
    for (const { owner, shader } of shaders.filter(({ owner }) => owner !== "bench")) {
      const wanted = new Set<string>(), got = new Set<string>();
      for (const flags of shaderVariants(shader)) {
        const { code } = settle(shader, flags, chosen.adapter.subgroupDirective);
        for (const pair of pairsOf(flags)) (executed.has(code) ? got : wanted).add(pair);
        variants++;
        if (executed.has(code)) reached++;
        else if (Object.keys(flags).length === 0) missing.push(`${owner}/${shader.name}`);
      }
      for (const pair of wanted) {
        if (!got.has(pair) && !unreachable[shader.name]?.test(pair)) {
          missing.push(`${owner}/${shader.name} ${pair}`);
        }
      }
    }
    console.log(`${reached} of ${variants} variants are executed`);
    assert.deepEqual(missing, []);
  },
});
