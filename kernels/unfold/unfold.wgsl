// Puts each time step beside its neighbours: y[b, t, :] = x[b, t-1, :], x[b, t, :], x[b, t+1, :],
// zeros outside the clip. So a convolution over time is a matmul.
//
// Layout: x [B, T, D]; y [B, T, 3 D].
struct Params {
  columns: u32, // D, of E
  steps: u32, // T
}

fn compute(at: u32) {
  let column = at % params.columns;
  let tap = at / params.columns % 3u;
  let row = at / params.columns / 3u; // b T + t
  // From 1 to T inside the clip, so that no step is below zero.
  let t = row % params.steps + tap;
  var value = E();
  if (t >= 1u && t <= params.steps) {
    value = x_at((row + tap - 1u) * params.columns + column);
  }
  set_y(at, value);
}
