// The derivative by what a layer normalisation got: with z = (x - mean) / spread and g = dy * scale,
// y = (g - mean(g) - z mean(g z)) / spread, and a residual if there is one.
//
// Layout: x, dy, y, residual [rows, D]; scale [D]; all row-major, read as vec4 where D allows, and all but y as
// texels on software adapters.
// Parallel: rows (row_reduction.wgsl).
// Mean and spread are worked out again: cheaper than to keep them from the way forward.
alias E = ${ELEMENT};
struct Params {
  rows: u32,
  columns: u32, // of E
  width: f32, // D
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var scale: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var dy: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> scale: array<E>;
@group(0) @binding(3) var<storage, read> dy: array<E>;
#endif
@group(0) @binding(4) var<storage, read_write> y: array<E>;
#if ${RESIDUAL}
#if ${TEXELS}
@group(0) @binding(5) var residual: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(5) var<storage, read> residual: array<E>;
#endif
#endif

#if ${TEXELS}
fn load_x(i: u32) -> vec4f {
  return textureLoad(x, vec2u(i & 1023u, i >> 10u));
}

#if ${RESIDUAL}
fn load_residual(i: u32) -> vec4f {
  return textureLoad(residual, vec2u(i & 1023u, i >> 10u));
}
#endif

fn load_g(i: u32, column: u32) -> vec4f {
  return textureLoad(dy, vec2u(i & 1023u, i >> 10u)) *
    textureLoad(scale, vec2u(column & 1023u, column >> 10u));
}
#else
fn load_x(i: u32) -> E {
  return x[i];
}

#if ${RESIDUAL}
fn load_residual(i: u32) -> E {
  return residual[i];
}
#endif

fn load_g(i: u32, column: u32) -> E {
  return dy[i] * scale[column];
}
#endif

fn row_total(v: E) -> f32 {
#if ${VEC4}
  return total(v);
#else
  return v;
#endif
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lid: u32,
) {
  let row = row_of(wid, grid, lid);
  if (row >= params.rows) {
    return;
  }
  let base = row * params.columns;

  var sum = E();
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    sum += load_x(base + i);
  }
  let mean = row_sum(row_total(sum), lid) / params.width;

  var squares = E();
  var slopes = E();
  var products = E();
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let centred = load_x(base + i) - mean;
    let g = load_g(base + i, i);
    squares += centred * centred;
    slopes += g;
    products += g * centred;
  }
  let spread = sqrt(row_sum(row_total(squares), lid) / params.width + params.eps);
  let slope = row_sum(row_total(slopes), lid) / params.width;
  let product = row_sum(row_total(products), lid) / params.width / spread;

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let z = (load_x(base + i) - mean) / spread;
    let slope_x = (load_g(base + i, i) - slope - z * product) / spread;
#if ${RESIDUAL}
    y[base + i] = slope_x + load_residual(base + i);
#else
    y[base + i] = slope_x;
#endif
  }
}
