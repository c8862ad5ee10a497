// Layer normalisation of each row: y = (x - mean) / sqrt(variance + eps) * scale + shift.
//
// Layout: x, y [rows, D]; scale, shift [D]; all row-major, read as vec4 where D allows.
// Parallel: one workgroup a row; an invocation takes every INVOCATIONS-th element.
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
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> scale: array<E>;
@group(0) @binding(3) var<storage, read> shift: array<E>;
@group(0) @binding(4) var<storage, read_write> y: array<E>;

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
  let row = wid.x + wid.y * grid.x;
  if (row >= params.rows) {
    return;
  }
  let base = row * params.columns;

  var sum = E();
  for (var i = lid; i < params.columns; i += INVOCATIONS) {
    sum += x[base + i];
  }
  let mean = workgroup_sum(row_total(sum), lid) / params.width;

  var squares = E();
  for (var i = lid; i < params.columns; i += INVOCATIONS) {
    let centred = x[base + i] - mean;
    squares += centred * centred;
  }
  let variance = workgroup_sum(row_total(squares), lid) / params.width;

  // Not inverseSqrt(): WGSL allows it more error than a square root and a division.
  let spread = sqrt(variance + params.eps);
  for (var i = lid; i < params.columns; i += INVOCATIONS) {
    y[base + i] = (x[base + i] - mean) / spread * scale[i] + shift[i];
  }
}
