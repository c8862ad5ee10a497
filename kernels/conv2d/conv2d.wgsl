// Convolution: y[b, i, j, o] = f(bias[o] + sum over p, q, c of
// x[b, s i + p - top, s j + q - left, c] * weight[p, q, c, o]), with zeros around the image and f
// the activation.
//
// Layout: weight [kh, kw, Ci, Co], so that four output channels are one load; bias [Co].
// X_VEC4: Ci is a multiple of four, and four input channels are one load as well.
// Parallel: as window.wgsl says.
#if ${X_VEC4}
// Four rows of the weight, by one address where they are vec4s.
fn load_weights(row: u32, channel: u32) -> mat4x4f {
#if ${VEC4}
  let at = (row * params.out_channels + channel) / 4u;
  let step = params.out_channels / 4u;
  return mat4x4f(
    weight_at(at),
    weight_at(at + step),
    weight_at(at + 2u * step),
    weight_at(at + 3u * step),
  );
#else
  return mat4x4f(
    load_weight(row, channel),
    load_weight(row + 1u, channel),
    load_weight(row + 2u, channel),
    load_weight(row + 3u, channel),
  );
#endif
}

// Each is one instruction: sums of products apart would be eight instead of four.
fn add_products(sum: vec4f, x: vec4f, w: mat4x4f) -> vec4f {
  let two = fma(w[1], vec4f(x.y), fma(w[0], vec4f(x.x), sum));
  return fma(w[3], vec4f(x.w), fma(w[2], vec4f(x.z), two));
}
#endif

fn compute(i: u32) {
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
        let x0 = select(vec4f(), x_at(at.x + c), near.inside.x);
        let x1 = select(vec4f(), x_at(at.y + c), near.inside.y);
        let x2 = select(vec4f(), x_at(at.z + c), near.inside.z);
        let x3 = select(vec4f(), x_at(at.w + c), near.inside.w);
        sum0 = add_products(sum0, x0, w);
        sum1 = add_products(sum1, x1, w);
        sum2 = add_products(sum2, x2, w);
        sum3 = add_products(sum3, x3, w);
      }
#else
      let at = near.pixel * params.channels;
      for (var c = 0u; c < params.channels; c++) {
        let w = load_weight(row + c, channel);
        let four = vec4f(x_at(at.x + c), x_at(at.y + c), x_at(at.z + c), x_at(at.w + c));
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
