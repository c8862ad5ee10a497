// Depthwise convolution: y[b, i, j, c] = f(bias[c] + sum over p, q of
// x[b, s i + p - top, s j + q - left, c] * weight[p, q, c]), with zeros around the image and f the
// activation.
//
// Layout: weight [kh, kw, C]; bias [C]; everything as vec4 over channels where VEC4, and all but y as
// texels on software adapters.
// Parallel: as window.wgsl says.
alias E = ${ELEMENT};
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var weight: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var bias: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> weight: array<E>;
@group(0) @binding(3) var<storage, read> bias: array<E>;
#endif
@group(0) @binding(4) var<storage, read_write> y: array<E>;

fn load_x(pixel: u32, channel: u32) -> vec4f {
#if ${TEXELS}
  let i = (pixel * params.channels + channel) / 4u;
  return textureLoad(x, vec2u(i & 1023u, i >> 10u));
#elif ${VEC4}
  return x[(pixel * params.channels + channel) / 4u];
#else
  let at = pixel * params.channels + four_channels(channel);
  return vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
#endif
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let groups = (params.channels + 3u) / 4u;
  let block = i / groups;
  let channel = 4u * (i - block * groups);
  let windows = windows_of(4u * block);

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var p = 0u; p < params.window_height; p++) {
    for (var q = 0u; q < params.window_width; q++) {
      let near = neighbors(windows, p, q);
      let w = load_weight(p * params.window_width + q, channel);
      sum0 += w * select(vec4f(), load_x(near.pixel.x, channel), near.inside.x);
      sum1 += w * select(vec4f(), load_x(near.pixel.y, channel), near.inside.y);
      sum2 += w * select(vec4f(), load_x(near.pixel.z, channel), near.inside.z);
      sum3 += w * select(vec4f(), load_x(near.pixel.w, channel), near.inside.w);
    }
  }
  let shift = load_bias(channel);
  store(4u * block, channel, ${ACTIVATION}(sum0 + shift));
  store(4u * block + 1u, channel, ${ACTIVATION}(sum1 + shift));
  store(4u * block + 2u, channel, ${ACTIVATION}(sum2 + shift));
  store(4u * block + 3u, channel, ${ACTIVATION}(sum3 + shift));
}
