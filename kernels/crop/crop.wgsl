// A rectangle of each image: y[b, i, j] = x[b, top + i, left + j].
//
// Layout: pixels x [B, H, W], y [B, h, w]; a pixel of four bytes is a word.
// Parallel: a pixel an invocation.
struct Params {
  count: u32, // pixels of y
  height: u32, // H
  width: u32, // W
  new_height: u32, // h
  new_width: u32, // w
  top: u32,
  left: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i < params.count) {
    let line = i / params.new_width;
    let image = line / params.new_height;
    let row = params.top + line - image * params.new_height;
    let column = params.left + i - line * params.new_width;
    y[i] = x[(image * params.height + row) * params.width + column];
  }
}
