// What instance norm and its gradient share. A picture is summed row by row and then over its rows:
// one long float32 sum would lose two more digits on a picture of 128 x 128.
struct Params {
  channels: u32, // of E
  height: u32,
  width: u32,
  eps: f32,
}

// The mean and the deviation of the channels at `base`, the first pixel of a picture.
fn mean_of(base: u32) -> E {
  var sum = E();
  for (var i = 0u; i < params.height; i++) {
    var row = E();
    for (var j = 0u; j < params.width; j++) {
      row += x_at(base + (i * params.width + j) * params.channels);
    }
    sum += row;
  }
  return sum / f32(params.height * params.width);
}

fn deviation_of(base: u32, mean: E) -> E {
  var sum = E();
  for (var i = 0u; i < params.height; i++) {
    var row = E();
    for (var j = 0u; j < params.width; j++) {
      let centred = x_at(base + (i * params.width + j) * params.channels) - mean;
      row += centred * centred;
    }
    sum += row;
  }
  return sqrt(sum / f32(params.height * params.width) + params.eps);
}
