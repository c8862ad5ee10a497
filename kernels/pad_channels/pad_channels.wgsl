// More channels, of zeros: y[i, c] = x[i, c] where x has the channel, 0 where it has not.
//
// Layout: x [N, C], y [N, D], row-major; N is everything before the last axis.
struct Params {
  channels: u32, // C
  padded: u32, // D
}

fn compute(i: u32) {
  let channel = i % params.padded;
  var value = 0.0;
  if (channel < params.channels) {
    value = x_at(i / params.padded * params.channels + channel);
  }
  set_y(i, value);
}
