// More channels, of zeros: y[i, c] = x[i, c] where x has the channel, 0 where it has not.
//
// Layout: x [N, C], y [N, D], row-major; N is everything before the last axis. Four at a time where
// C and D are multiples of 4.
struct Params {
  channels: u32, // C, of E
  padded: u32, // D, of E
}

fn compute(i: u32) {
  let channel = i % params.padded;
  var value = E();
  if (channel < params.channels) {
    value = x_at(i / params.padded * params.channels + channel);
  }
  set_y(i, value);
}
