// What conv2d and depthwise_conv2d share: loads of four output channels of a weight, row by row
// [rows, Co], and of the bias [Co]. window.wgsl says what VEC4 is; TEXELS reads the same as texels.
fn load_weight(row: u32, channel: u32) -> vec4f {
#if ${TEXELS}
  let i = (row * params.out_channels + channel) / 4u;
  return textureLoad(weight, vec2u(i & 1023u, i >> 10u));
#elif ${VEC4}
  return weight[(row * params.out_channels + channel) / 4u];
#else
  let at = row * params.out_channels + four_channels(channel);
  return vec4f(weight[at.x], weight[at.y], weight[at.z], weight[at.w]);
#endif
}

fn load_bias(channel: u32) -> vec4f {
#if ${TEXELS}
  return textureLoad(bias, vec2u((channel / 4u) & 1023u, channel >> 12u));
#elif ${VEC4}
  return bias[channel / 4u];
#else
  let at = four_channels(channel);
  return vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
#endif
}
