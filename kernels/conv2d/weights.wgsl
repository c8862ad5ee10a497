// What conv2d and depthwise_conv2d share: loads of four output channels of a weight, row by row
// [rows, Co], and of the bias [Co]. window.wgsl says what VEC4 is.
fn load_weight(row: u32, channel: u32) -> vec4f {
#if ${VEC4}
  return weight_at((row * params.out_channels + channel) / 4u);
#else
  let at = row * params.out_channels + four_channels(channel);
  return vec4f(weight_at(at.x), weight_at(at.y), weight_at(at.z), weight_at(at.w));
#endif
}

fn load_bias(channel: u32) -> vec4f {
#if ${VEC4}
  return bias_at(channel / 4u);
#else
  let at = four_channels(channel);
  return vec4f(bias_at(at.x), bias_at(at.y), bias_at(at.z), bias_at(at.w));
#endif
}

