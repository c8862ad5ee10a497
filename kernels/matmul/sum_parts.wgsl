// Adds up what the layers of a split matmul computed: y = activation(sum of parts + bias) + residual.
//
// Layout: parts [LAYERS, M, ceil(N / 4)] vec4; y, residual [M, N]. Parallel: a vec4 an invocation. Four
// layers are loaded at once; those past the last are the last again, and count nothing.
struct Params {
  m: u32,
  n: u32,
  layers: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * 64u;
  let columns4 = (params.n + 3u) / 4u;
  let layer = params.m * columns4;
  if (i >= layer) {
    return;
  }
  var sum = vec4f();
  for (var first = 0u; first < params.layers; first += 4u) {
    let last = params.layers - 1u;
    let a = parts[min(first, last) * layer + i];
    let b = parts[min(first + 1u, last) * layer + i];
    let c = parts[min(first + 2u, last) * layer + i];
    let d = parts[min(first + 3u, last) * layer + i];
    sum += a;
    sum += select(vec4f(), b, first + 1u <= last);
    sum += select(vec4f(), c, first + 2u <= last);
    sum += select(vec4f(), d, first + 3u <= last);
  }
  store(i / columns4, i % columns4, sum + load_bias(i % columns4));
}
