import { openDevice } from "../engine/mod.ts";
import type { Case, CaseOperand } from "../kernels/kernel.ts";
import type { MatmulAttrs } from "../kernels/matmul/matmul.ts";
import { matmulKernel } from "../kernels/matmul/cases.ts";
import { type TileName, tiles } from "../kernels/matmul/tile.ts";
import { scheduleTiles } from "../kernels/schedule.ts";
import { normal, tensor } from "../kernels/kernel.ts";
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

Deno.test("a tile that there is not is refused", () => {
  const adapter = { forced: { tile: "7x7" } } as unknown as Parameters<typeof scheduleTiles>[0];
  assert.throws(() => scheduleTiles(adapter, 9, 9, 9), {
    name: "TypeError",
    message: 'Cannot choose tile family "7x7": wanted one of 128x128, 64x128, 32x64',
  });
});
