// Convolution: y[b, i, j, o] = f(bias[o] + sum over p, q, c of
// x[b, s i + p - top, s j + q - left, c] * weight[p, q, c, o]), with zeros around the image and f
// the activation.
//
// Layout: weight [kh, kw, Ci, Co], so that four output channels are one load; bias [Co].
// X_VEC4: Ci is a multiple of four, and four input channels are one load as well. TEXELS: all but y are
// read as texels, on software adapters.
// Parallel: as window.wgsl says.
alias E = ${ELEMENT};
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var weight: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var bias: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<${X_ELEMENT}>;
@group(0) @binding(2) var<storage, read> weight: array<E>;
@group(0) @binding(3) var<storage, read> bias: array<E>;
#endif
@group(0) @binding(4) var<storage, read_write> y: array<E>;

#if ${X_VEC4}
fn load_four(i: u32) -> vec4f {
#if ${TEXELS}
  return textureLoad(x, vec2u(i & 1023u, i >> 10u));
#else
  return x[i];
#endif
}

// Four rows of the weight; in buffers of vec4s, from one address.
fn load_weights(row: u32, channel: u32) -> mat4x4f {
#if ${TEXELS}
  return mat4x4f(
    load_weight(row, channel),
    load_weight(row + 1u, channel),
    load_weight(row + 2u, channel),
    load_weight(row + 3u, channel),
  );
#else
#if ${VEC4}
  let at = (row * params.out_channels + channel) / 4u;
  let step = params.out_channels / 4u;
  return mat4x4f(weight[at], weight[at + step], weight[at + 2u * step], weight[at + 3u * step]);
#else
  return mat4x4f(
    load_weight(row, channel),
    load_weight(row + 1u, channel),
    load_weight(row + 2u, channel),
    load_weight(row + 3u, channel),
  );
#endif
#endif
}

// GPUs multiply and add in one instruction; a CPU has no registers for so long a chain.
fn add_products(sum: vec4f, x: vec4f, w: mat4x4f) -> vec4f {
#if ${TEXELS}
  return sum + ((w[0] * x.x + w[1] * x.y) + (w[2] * x.z + w[3] * x.w));
#else
  return sum + w[0] * x.x + w[1] * x.y + w[2] * x.z + w[3] * x.w;
#endif
}
#endif

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let groups = (params.out_channels + 3u) / 4u;
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
      let row = (p * params.window_width + q) * params.channels;
#if ${X_VEC4}
      let at = near.pixel * (params.channels / 4u);
      for (var c = 0u; c < params.channels / 4u; c++) {
        let w = load_weights(row + 4u * c, channel);
        let x0 = select(vec4f(), load_four(at.x + c), near.inside.x);
        let x1 = select(vec4f(), load_four(at.y + c), near.inside.y);
        let x2 = select(vec4f(), load_four(at.z + c), near.inside.z);
        let x3 = select(vec4f(), load_four(at.w + c), near.inside.w);
        sum0 = add_products(sum0, x0, w);
        sum1 = add_products(sum1, x1, w);
        sum2 = add_products(sum2, x2, w);
        sum3 = add_products(sum3, x3, w);
      }
#else
      let at = near.pixel * params.channels;
      for (var c = 0u; c < params.channels; c++) {
        let w = load_weight(row + c, channel);
        let four = vec4f(x[at.x + c], x[at.y + c], x[at.z + c], x[at.w + c]);
        let value = select(vec4f(), four, near.inside);
        sum0 += w * value.x;
        sum1 += w * value.y;
        sum2 += w * value.z;
        sum3 += w * value.w;
      }
#endif
    }
  }
  let shift = load_bias(channel);
  store(4u * block, channel, ${ACTIVATION}(sum0 + shift));
  store(4u * block + 1u, channel, ${ACTIVATION}(sum1 + shift));
  store(4u * block + 2u, channel, ${ACTIVATION}(sum2 + shift));
  store(4u * block + 3u, channel, ${ACTIVATION}(sum3 + shift));
}
