// One step of AdamW with decoupled weight decay:
//   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g g,
//   p = p (1 - rate decay) - rate (m c1) / (sqrt(v c2) + eps),
// where c1 = 1 / (1 - b1^t) and c2 = 1 / (1 - b2^t) come from the host, which has the digits for them.
//
// Layout: all flat and of the same size, as vec4 (what is read as texels on software adapters); the last
// one may pass the end into the padding that every tensor has; correction [2]. Parallel: a vec4 an
// invocation.
struct Params {
  count4: u32,
  rate: f32,
  b1: f32,
  rest1: f32, // 1 - b1
  b2: f32,
  rest2: f32, // 1 - b2
  eps: f32,
  keep: f32, // 1 - rate decay
}
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var p: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var g: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var m: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var v: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> g: array<vec4f>;
@group(0) @binding(3) var<storage, read> m: array<vec4f>;
@group(0) @binding(4) var<storage, read> v: array<vec4f>;
#endif
@group(0) @binding(5) var<storage, read> correction: vec2f;
@group(0) @binding(6) var<storage, read_write> new_p: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> new_m: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> new_v: array<vec4f>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count4) {
    return;
  }
#if ${TEXELS}
  let place = vec2u(i & 1023u, i >> 10u);
  let slope = textureLoad(g, place);
  let mean = params.b1 * textureLoad(m, place) + params.rest1 * slope;
  let square = params.b2 * textureLoad(v, place) + params.rest2 * slope * slope;
  let before = textureLoad(p, place);
#else
  let slope = g[i];
  let mean = params.b1 * m[i] + params.rest1 * slope;
  let square = params.b2 * v[i] + params.rest2 * slope * slope;
  let before = p[i];
#endif
  let step = mean * correction.x / (sqrt(square * correction.y) + params.eps);
  new_m[i] = mean;
  new_v[i] = square;
  new_p[i] = before * params.keep - params.rate * step;
}
