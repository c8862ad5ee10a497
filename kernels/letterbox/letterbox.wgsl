// A picture on a square, as a detector takes it: y[b, v, u, c] = x[b, v - top, u - left, c] / 127.5 - 1
// where the picture is, -1 (black) around it; a fourth channel is 0, so that a pixel is one load.
//
// Layout: pixels x [B, h, w], a word each, red in the lowest byte; y [B, S, S, 4].
// Parallel: a pixel of y an invocation.
struct Params {
  count: u32, // pixels of y, over all pictures
  size: u32, // S
  height: u32, // h
  width: u32, // w
  top: u32,
  left: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let row = i / params.size % params.size;
  let column = i % params.size;
  let picture = i / (params.size * params.size);
  var colour = vec3f(-1.0);
  if (row >= params.top && row < params.top + params.height &&
      column >= params.left && column < params.left + params.width) {
    let at = (picture * params.height + row - params.top) * params.width + column - params.left;
    let pixel = x[at];
    let bytes = vec3f(f32(pixel & 255u), f32((pixel >> 8u) & 255u), f32((pixel >> 16u) & 255u));
    colour = bytes / 127.5 - 1.0;
  }
  y[i] = vec4f(colour, 0.0);
}
