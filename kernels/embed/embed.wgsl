// Token embedding with position: y[b, t, :] = table[ids[b, t], :] + position[t, :].
//
// Layout: ids [B, T]; table [V, D]; position [P >= T, D]; y [B, T, D], as vec4 where D allows.
// Parallel: an element (of E) an invocation. An id outside the table gives a row of NaN.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  columns: u32, // of E
  tokens: u32, // T
  vocabulary: u32, // V
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<E>;
@group(0) @binding(3) var<storage, read> position: array<E>;
@group(0) @binding(4) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  let row = at / params.columns;
  let column = at % params.columns;
  let id = ids[row];
  if (id >= params.vocabulary) {
    y[at] = E(not_a_number(params.zero));
  } else {
    y[at] = table[id * params.columns + column] +
      position[row % params.tokens * params.columns + column];
  }
}
