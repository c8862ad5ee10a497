import { type AdapterFacts, openDevice } from "../engine/mod.ts";
import { coresFrom, countCores } from "../engine/probe_cores.ts";
import type { Case, CaseOperand } from "../kernels/kernel.ts";
import type { MatmulAttrs } from "../kernels/matmul/matmul.ts";
import { matmulKernel } from "../kernels/matmul/cases.ts";
import { tileShader } from "../kernels/matmul/shaders.ts";
import { type TileName, tiles } from "../kernels/matmul/tile.ts";
import { scheduleTiles } from "../kernels/schedule.ts";
import { normal, tensor } from "../kernels/kernel.ts";
import { changeShader } from "./change_shader.ts";
import { designs } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";
import assert from "node:assert/strict";

/** A product that leaves no edge of a tile whole: M, K and N fit none of its sizes. */
function edges(m: number, k: number, n: number, store: "f32" | "f16"): Case<MatmulAttrs> {
  const fill: CaseOperand["fill"] = (rng, i) => normal(rng, i) / Math.sqrt(k);
  return {
    inputs: {
      x: tensor([m, k]),
      w: { kind: "packed", shape: [k, n], layout: "tile", store, fill },
      bias: tensor([n]),
      residual: tensor([m, n]),
    },
    attrs: { activation: "quick_gelu" },
  };
}

for (const tile of Object.keys(tiles) as TileName[]) {
  Deno.test(`tile ${tile} of a matmul is right at edges, and where layers share K`, async () => {
    using device = await openDevice({ families: { ...designs.gpu, tile } });
    const { rows, columns4 } = tiles[tile];
    const one = edges(rows + 3, 43, 4 * columns4 + 5, "f16"),
      several = edges(rows - 1, 203, 60, "f32");
    assert.equal(scheduleTiles(device.adapter, rows + 3, 43, 4 * columns4 + 5).layers, 1);
    assert.equal(scheduleTiles(device.adapter, rows - 1, 203, 60).layers, 4);
    for (const test of [one, several]) await runCase(device, prepareCase(matmulKernel, test));
  });
}

Deno.test("a case notices where the largest tile takes its second columns for its first", async () => {
  using device = await openDevice({ families: { ...designs.gpu, tile: "128x128" } });
  for (const from of ["w_buffer + 16u + tx", "column0 + 16u + tx"]) {
    using mutant = changeShader(tileShader, from, from.replace("16u", "0u"));
    const test = prepareCase(matmulKernel, edges(131, 43, 133, "f16"));
    await assert.rejects(runCase(device, test), /is over the tolerance|: wanted /);
    assert(mutant.found);
  }
});

Deno.test("layers share K only as far as a GPU has cores for them", () => {
  const layers = (cores: number, m: number, k: number, n: number) =>
    scheduleTiles({ cores, forced: {} } as unknown as AdapterFacts, m, k, n).layers;
  // A frame and sixteen of them, on a small GPU and on a large one.
  assert.deepEqual([layers(8, 50, 768, 768), layers(128, 50, 768, 768)], [4, 16]);
  assert.deepEqual([layers(8, 800, 768, 768), layers(128, 800, 768, 768)], [1, 3]);
});

Deno.test("cores are counted by how much faster many workgroups are than one", async () => {
  // One takes 10, then 12; 256 take 40, then 60: as many as there are in 64 cores.
  assert.equal(coresFrom([0n, 10n, 10n, 70n, 70n, 82n, 82n, 122n]), 64);
  assert.equal(coresFrom([0n, 0n, 0n, 100n]), undefined, "too coarse a clock");
  assert.equal(coresFrom([0n, 9n, 9n, 10n]), 256, "no more than there were workgroups");
  using device = await openDevice();
  if (!device.adapter.timestamps) return console.log("left out: counting: no timestamps");
  const cores = await countCores(device.gpu);
  assert(cores !== undefined && cores >= 1 && cores <= 256, `${cores} cores`);
});

Deno.test("a tile that there is not is refused", () => {
  const adapter = { forced: { tile: "7x7" } } as unknown as AdapterFacts;
  assert.throws(() => scheduleTiles(adapter, 9, 9, 9), {
    name: "TypeError",
    message: 'Cannot choose tile family "7x7": wanted one of 128x128, 64x128, 64x64, 32x64',
  });
});
