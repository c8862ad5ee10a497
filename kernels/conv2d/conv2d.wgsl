// Convolution: y[b, i, j, o] = f(bias[o] + sum over p, q, c of
// x[b, s i + p - top, s j + q - left, c] * weight[p, q, c, o]), with zeros around the image and f
// the activation.
//
// Layout: weight [kh, kw, Ci, Co], so that four output channels are one load; bias [Co].
// X_VEC4: Ci is a multiple of four, and four input channels are one load as well.
// Parallel: as window.wgsl says.
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
        let w0 = load_weight(row + 4u * c, channel);
        let w1 = load_weight(row + 4u * c + 1u, channel);
        let w2 = load_weight(row + 4u * c + 2u, channel);
        let w3 = load_weight(row + 4u * c + 3u, channel);
        let x0 = select(vec4f(), x_at(at.x + c), near.inside.x);
        let x1 = select(vec4f(), x_at(at.y + c), near.inside.y);
        let x2 = select(vec4f(), x_at(at.z + c), near.inside.z);
        let x3 = select(vec4f(), x_at(at.w + c), near.inside.w);
        sum0 += (w0 * x0.x + w1 * x0.y) + (w2 * x0.z + w3 * x0.w);
        sum1 += (w0 * x1.x + w1 * x1.y) + (w2 * x1.z + w3 * x1.w);
        sum2 += (w0 * x2.x + w1 * x2.y) + (w2 * x2.z + w3 * x2.w);
        sum3 += (w0 * x3.x + w1 * x3.y) + (w2 * x3.z + w3 * x3.w);
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
