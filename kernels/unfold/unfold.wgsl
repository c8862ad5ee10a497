// Puts time steps side by side: y[b, t, tap, :] = x[b, t + tap dilation - before, :], zeros outside the
// clip. So a convolution over time is a matmul.
//
// Layout: x [B, T, D]; y [B, T, taps, D]. Parallel: an element, or four, of y an invocation.
struct Params {
  columns: u32, // D, of E
  steps: u32, // T
  taps: u32,
  dilation: u32,
  before: u32,
}

fn compute(at: u32) {
  let column = at % params.columns;
  let tap = at / params.columns % params.taps;
  let row = at / params.columns / params.taps; // b T + t
  // From `before` on inside the clip, so that no step is below zero.
  let t = row % params.steps + tap * params.dilation;
  var value = E();
  if (t >= params.before && t - params.before < params.steps) {
    value = x_at((row + tap * params.dilation - params.before) * params.columns + column);
  }
  set_y(at, value);
}
