// Layer normalisation of each row: y = (x - mean) / sqrt(variance + eps) * scale + shift.
//
// Layout: x, y [rows, D]; scale, shift [D]; all row-major, read as vec4 where D allows, and all
// but y as texels on software adapters.
// Parallel: rows (row_reduction.wgsl).
// Two passes, mean first, then the squares of what is left: one pass over x and x * x would lose
// all digits on rows whose mean is far from zero.
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
@group(0) @binding(3) var shift: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> scale: array<E>;
@group(0) @binding(3) var<storage, read> shift: array<E>;
#endif
@group(0) @binding(4) var<storage, read_write> y: array<E>;

#if ${TEXELS}
fn load_x(i: u32) -> vec4f {
  return textureLoad(x, vec2u(i & 1023u, i >> 10u));
}

fn rescale(z: vec4f, i: u32) -> vec4f {
  let at = vec2u(i & 1023u, i >> 10u);
  return z * textureLoad(scale, at) + textureLoad(shift, at);
}
#else
fn load_x(i: u32) -> E {
  return x[i];
}

fn rescale(z: E, i: u32) -> E {
  return z * scale[i] + shift[i];
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
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let centred = load_x(base + i) - mean;
    squares += centred * centred;
  }
  let variance = row_sum(row_total(squares), lid) / params.width;

  // Not inverseSqrt(): WGSL allows it more error than a square root and a division.
  let spread = sqrt(variance + params.eps);
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    y[base + i] = rescale((load_x(base + i) - mean) / spread, i);
  }
}
