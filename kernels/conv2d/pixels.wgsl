// What depthwise_conv2d and max_pool share: loads of x, whose channels are those of y.
fn load_x(pixel: u32, channel: u32) -> vec4f {
#if ${VEC4}
  return x_at((pixel * params.channels + channel) / 4u);
#else
  let at = pixel * params.channels + four_channels(channel);
  return vec4f(x_at(at.x), x_at(at.y), x_at(at.z), x_at(at.w));
#endif
}

