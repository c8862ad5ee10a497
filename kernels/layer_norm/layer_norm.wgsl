// Layer normalisation of each row: y = (x - mean) / sqrt(variance + eps) * scale + shift.
//
// Layout: x, y [rows, D] row-major; scale, shift [D].
// Two passes, mean first, then the squares of what is left: one pass over x and x * x would lose
// all digits on rows whose mean is far from zero.
struct Params {
  width: f32, // D
  eps: f32,
}

fn compute_row(row: u32, base: u32, lane: u32) {
  var sum = E();
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    sum += x_at(base + i);
  }
  let mean = row_sum(total(sum), lane) / params.width;

  var squares = E();
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let centred = x_at(base + i) - mean;
    squares += centred * centred;
  }
  let variance = row_sum(total(squares), lane) / params.width;

  // Not inverseSqrt(): WGSL allows it more error than a square root and a division.
  let deviation = sqrt(variance + params.eps);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = (x_at(base + i) - mean) / deviation;
    set_y(base + i, z * scale_at(i) + shift_at(i));
  }
}
