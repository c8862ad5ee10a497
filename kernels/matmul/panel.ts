import type { Flags } from "../../engine/mod.ts";
import { declareSums, epilogueBindings, lines, storeSums } from "./accumulators.ts";

/** Where a panel finds x's texels, as WGSL. A lane reads a row for each group `g` of LANES rows. */
export interface PanelReading {
  /** Fields of `struct Params` that it adds. */
  readonly fields: string;
  /** What is said once, before all steps. */
  readonly begin: string;
  /** Opens the loop over steps, or several. */
  readonly open: string;
  /** The texel that a step takes of a row of group `g`. */
  readonly texel: (g: number) => string;
  /** Closes what `open` opened. */
  readonly close: string;
}

/** The rows of a matrix, K4 texels each. */
function rowsOfMatrix(groups: number, lanes: number): PanelReading {
  return {
    fields: "",
    begin: lines(
      groups,
      (g) => `  let row_at${g} = (row0 + ${g * lanes}u + lane) * params.k4;`,
    ),
    open: "  for (var step = 0u; step < params.k4; step++) {",
    texel: (g) => `
    let at${g} = row_at${g} + step;
    let x${g} = textureLoad(staged, vec2u(at${g} & 1023u, at${g} >> 10u));`,
    close: "  }",
  };
}

/**
 * Writes the matmul kernel for software adapters, unrolled: `y = activation(x w + bias) + residual`.
 *
 * One workgroup is one subgroup of LANES. It owns ROWS rows of x and one panel of LANES * COLUMNS4
 * texels of w; lane l holds, for each row, COLUMNS4 vec4 sums. A step takes four k: every lane loads
 * x's texels for ROWS / LANES rows, and 4 * COLUMNS4 texels of w side by side with its neighbours;
 * only when all are there comes the arithmetic, in which each row's values reach all lanes by
 * broadcast. No workgroup memory and no barrier: on such an adapter both are slower than texels.
 *
 * Layout: x as texels, K4 = ceil(K / 4) a row (see `stage.wgsl`), w packed as in `pack_panel.wgsl`,
 * y and residual [M, N]. Products whose rows lie elsewhere (a convolution's windows) say where.
 */
export function panelSource(flags: Flags, reading = rowsOfMatrix): string {
  const lanes = Number(flags.LANES), rows = Number(flags.ROWS), columns4 = Number(flags.COLUMNS4);
  const groups = Math.ceil(rows / lanes);
  const { fields, begin, open, texel, close } = reading(groups, lanes);

  const loadW = lines(4, (k) =>
    lines(columns4, (n) => {
      const offset = (k * columns4 + n) * lanes;
      return `    let w${k}_${n} = textureLoad(packed, vec2u(column + ${offset}u, line + step));`;
    }));

  // A chain keeps fewer values alive than a tree and so spills less; adding it to the sum only once
  // is as fast as going on from the sum, and four times as exact.
  const multiply = lines(rows, (m) => {
    const value = (k: number) => `x${Math.floor(m / lanes)}.${"xyzw".charAt(k)}, ${m % lanes}u`;
    return `    {
${lines(4, (k) => `      let v${k} = vec4f(subgroupBroadcast(${value(k)}));`)}
${
      lines(columns4, (n) =>
        `      sum${m}_${n} += ` +
        `fma(v3, w3_${n}, fma(v2, w2_${n}, fma(v1, w1_${n}, v0 * w0_${n})));`)
    }
    }`;
  });

  const storeAll = storeSums(rows, columns4, {
    row: (m) => `row0 + ${m}u`,
    column: (n) => `wid.y * ${lanes * columns4}u + ${n * lanes}u + lane`,
    first: "params.first",
  });

  return `
struct Params {
  m: u32, // rows to compute
  k4: u32, // ceil(K / 4)
  n: u32,
  first: u32, // row of y to begin with
  fold: u32, // panels side by side in the texture
${fields}}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var staged: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var packed: texture_storage_2d<\${FORMAT}, read>;
${epilogueBindings(flags)}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row0 = wid.x * ${rows}u;
${begin}
${declareSums(rows, columns4)}
  // The column stays, the line moves: the driver then works out the column's part only once.
  let column = wid.y % params.fold * ${4 * columns4 * lanes}u + lane;
  let line = wid.y / params.fold * params.k4;
${open}
${lines(groups, texel)}
${loadW}
${multiply}
${close}
  let columns4 = (params.n + 3u) / 4u;
${storeAll}
}
`;
}
