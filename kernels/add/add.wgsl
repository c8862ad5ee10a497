// Sum of two tensors: y[i] = a[i] + b[i mod PERIOD].
//
// Layout: flat. b repeats with a period that divides the length, so that one bias or one table of
// positions serves all rows. Where the period is a multiple of 4, everything is read as vec4; the
// last vec4 may pass the end into the padding that every tensor has.
// Parallel: an element (of E) an invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  period: u32, // of E
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<E>;
@group(0) @binding(2) var<storage, read> b: array<E>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i < params.count) {
    y[i] = a[i] + b[i % params.period];
  }
}
