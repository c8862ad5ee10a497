// One pass of a resize, along one axis: y[o, m, i] = sum over k of weight[m, k] * x[o, start[m] + k, i].
//
// Layout: pixels x [outer, N, inner] and y [outer, M, inner]; inner is 1 for the horizontal pass,
// the image's width for the vertical one. A pixel is a word, red in the lowest byte, the highest
// always 255 in y; with RGB, x has three bytes a pixel instead, and inner must be 1.
// starts [M]; weights [M, groups] of four each, in units of 2^-22, filled up with zeros.
// Parallel: a pixel an invocation, four weights at a time: loads are what costs. All in integers,
// so the result is exact: halves round up, and what the negative weights of a bicubic push out of
// 0 to 255 is clipped.
struct Params {
  count: u32, // pixels of y
  size: u32, // N
  new_size: u32, // M
  inner: u32,
  groups: u32,
  last: u32, // word of x
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> starts: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<vec4i>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

override INVOCATIONS: u32;

const BITS = 22u;

// Past the end only weights of zero follow, so any word will do.
fn word(i: u32) -> u32 {
  return x[min(i, params.last)];
}

// Four pixels along the axis, with anything in their highest bytes.
fn load4(pixel: u32) -> vec4u {
#if ${RGB}
  // Twelve bytes, which begin anywhere in a word. A shift by 32 would be one by 0: hence by 8 twice.
  let at = 3u * pixel / 4u;
  let skip = vec3u(3u * pixel % 4u * 8u);
  let words = vec4u(word(at), word(at + 1u), word(at + 2u), word(at + 3u));
  let bytes = (words.xyz >> skip) | ((words.yzw << (24u - skip)) << vec3u(8u));
  return vec4u(
    bytes.x,
    (bytes.x >> 24u) | (bytes.y << 8u),
    (bytes.y >> 16u) | (bytes.z << 16u),
    bytes.z >> 8u,
  );
#else
  let step = params.inner;
  return vec4u(
    word(pixel),
    word(pixel + step),
    word(pixel + 2u * step),
    word(pixel + 3u * step),
  );
#endif
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let line = i / params.inner;
  let m = line % params.new_size;
  let start = line / params.new_size * params.size + u32(starts[m]);

  var pixel = start * params.inner + i % params.inner;
  var sum = vec3i(1 << (BITS - 1u));
  for (var group = 0u; group < params.groups; group++) {
    let weight = weights[m * params.groups + group];
    let pixels = load4(pixel);
    sum += vec3i(
      dot(weight, vec4i(pixels & vec4u(255u))),
      dot(weight, vec4i((pixels >> vec4u(8u)) & vec4u(255u))),
      dot(weight, vec4i((pixels >> vec4u(16u)) & vec4u(255u))),
    );
    pixel += 4u * params.inner;
  }
  let bytes = vec3u(clamp(sum >> vec3u(BITS), vec3i(0), vec3i(255)));
  y[i] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | 0xff000000u;
}
