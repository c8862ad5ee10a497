// Puts the class token before the patches of each image and adds the positions:
// y[b, 0, :] = token + position[0, :], y[b, 1 + p, :] = x[b, p, :] + position[1 + p, :].
//
// Layout: x [B, P, D]; token [D]; position [P + 1, D]; y [B, P + 1, D], as vec4 where D allows.
// Parallel: an element (of E) an invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  columns: u32, // of E
  tokens: u32, // P + 1
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> token: array<E>;
@group(0) @binding(3) var<storage, read> position: array<E>;
@group(0) @binding(4) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  let column = at % params.columns;
  let t = at / params.columns % params.tokens;
  let b = at / params.columns / params.tokens;
  var value: E;
  if (t == 0u) {
    value = token[column];
  } else {
    value = x[(b * (params.tokens - 1u) + t - 1u) * params.columns + column];
  }
  y[at] = value + position[t * params.columns + column];
}
