// Puts the class token before the patches of each image and adds the positions:
// y[b, 0, :] = token + position[0, :], y[b, 1 + p, :] = x[b, p, :] + position[1 + p, :].
//
// Layout: x [B, P, D]; token [D]; position [P + 1, D]; y [B, P + 1, D], as vec4 where D allows, and all
// but y then as texels on software adapters.
// Parallel: an element (of E) an invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  columns: u32, // of E
  tokens: u32, // P + 1
}
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var token: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var position: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> token: array<E>;
@group(0) @binding(3) var<storage, read> position: array<E>;
#endif
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
  let place = t * params.columns + column;
  let patch_at = (b * (params.tokens - 1u) + max(t, 1u) - 1u) * params.columns + column;
#if ${TEXELS}
  let own = textureLoad(x, vec2u(patch_at & 1023u, patch_at >> 10u));
  let first = textureLoad(token, vec2u(column & 1023u, column >> 10u));
  let moved = textureLoad(position, vec2u(place & 1023u, place >> 10u));
#else
  let own = x[patch_at];
  let first = token[column];
  let moved = position[place];
#endif
  y[at] = select(own, first, t == 0u) + moved;
}
