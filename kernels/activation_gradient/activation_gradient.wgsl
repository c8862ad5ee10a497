// The derivative by what an activation function got: y = dy f'(x).
//
// Layout: flat, as vec4 (as texels on software adapters); the last one may pass the end into the
// padding that every tensor has. Parallel: a vec4 an invocation.
struct Params {
  count4: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var dy: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
#endif
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i < params.count4) {
#if ${TEXELS}
    let at = vec2u(i & 1023u, i >> 10u);
    y[i] = textureLoad(dy, at) * ${ACTIVATION}_slope(textureLoad(x, at));
#else
    y[i] = dy[i] * ${ACTIVATION}_slope(x[i]);
#endif
  }
}
