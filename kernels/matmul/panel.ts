import type { Flag } from "../../engine/mod.ts";

/**
 * Writes the matmul kernel for software adapters, unrolled: `y = activation(x w + bias) + residual`.
 *
 * One workgroup is one subgroup of LANES. It owns ROWS rows of x and one panel of LANES * COLUMNS4
 * texels of w; lane l holds, for each row, COLUMNS4 vec4 sums. A step takes four k: every lane loads
 * x's texels for ROWS / LANES rows, and 4 * COLUMNS4 texels of w side by side with its neighbours;
 * only when all are there comes the arithmetic, in which each row's values reach all lanes by
 * broadcast. No workgroup memory and no barrier: on such an adapter both are slower than texels.
 *
 * Layout: x as texels, K4 = ceil(K / 4) a row (see `stage.wgsl`), w packed as in `pack_panel.wgsl`, y and residual [M, N].
 */
export function panelSource(flags: Readonly<Record<string, Flag>>): string {
  const lanes = Number(flags.LANES), rows = Number(flags.ROWS), columns4 = Number(flags.COLUMNS4);
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const lines = (count: number, line: (i: number) => string) => range(count).map(line).join("\n");
  const groups = range(Math.ceil(rows / lanes));
  return `
struct Params {
  m: u32, // rows to compute
  k4: u32, // ceil(K / 4)
  n: u32,
  first: u32, // row of y to begin with
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var staged: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var packed: texture_storage_2d<\${FORMAT}, read>;
@group(0) @binding(3) var<storage, read_write> y: array<\${Y_ELEMENT}>;
#if \${BIAS}
@group(0) @binding(4) var<storage, read> bias: array<\${Y_ELEMENT}>;
#endif
#if \${RESIDUAL}
#if \${RESIDUAL_TEXELS}
@group(0) @binding(5) var residual: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(5) var<storage, read> residual: array<\${Y_ELEMENT}>;
#endif
#endif

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row0 = wid.y * ${rows}u;
  let chunks = (params.k4 + 63u) / 64u;
${groups.map((g) => `  let line${g} = (row0 + ${g * lanes}u + lane) * params.k4;`).join("\n")}
${lines(rows, (m) => lines(columns4, (n) => `  var sum${m}_${n} = vec4f();`))}
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let steps = min(64u, params.k4 - chunk * 64u);
    let line = wid.x * chunks + chunk;
    for (var step = 0u; step < steps; step++) {
      let k4 = chunk * 64u + step;
      let column = step * ${4 * columns4 * lanes}u + lane;
${
    groups.map((g) =>
      `      let at${g} = line${g} + k4;\n` +
      `      let x${g} = textureLoad(staged, vec2u(at${g} & 1023u, at${g} >> 10u));`
    ).join("\n")
  }
${
    lines(4, (k) =>
      lines(
        columns4,
        (n) =>
          `      let w${k}_${n} = textureLoad(packed, vec2u(column + ${
            (k * columns4 + n) * lanes
          }u, line));`,
      ))
  }
${
    lines(rows, (m) => {
      const texel = `x${Math.floor(m / lanes)}`;
      const values = lines(
        4,
        (k) =>
          `        let v${k} = vec4f(subgroupBroadcast(${texel}.${"xyzw".charAt(k)}, ${
            m % lanes
          }u));`,
      );
      const sums = lines(
        columns4,
        (n) =>
          // A chain keeps fewer values alive than a tree and so spills less; adding it to the sum
          // only once is as fast as going on from the sum, and four times as exact.
          `        sum${m}_${n} += fma(v3, w3_${n}, fma(v2, w2_${n}, ` +
          `fma(v1, w1_${n}, v0 * w0_${n})));`,
      );
      return `      {\n${values}\n${sums}\n      }`;
    })
  }
    }
  }
  let columns4 = (params.n + 3u) / 4u;
${
    lines(columns4, (n) => `
  {
    let n4 = wid.x * ${lanes * columns4}u + ${n * lanes}u + lane;
    if (n4 < columns4) {
      let offset = load_bias(n4);
${
      lines(
        rows,
        (m) =>
          `      if (row0 + ${m}u < params.m) { store(params.first + row0 + ${m}u, n4, sum${m}_${n} + offset); }`,
      )
    }
    }
  }`)
  }
}
`;
}
