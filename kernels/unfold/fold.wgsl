// Adds what lies side by side to the time steps that it came from:
// y[b, t, :] = sum over taps of x[b, t - tap dilation + before, tap, :]. It is the gradient of unfolding.
//
// Layout: x [B, T, taps, D]; y [B, T, D]. Parallel: an element, or four, of y an invocation, which
// adds its taps one after the other, so that no two write to one place.
struct Params {
  columns: u32, // D, of E
  steps: u32, // T
  taps: u32,
  dilation: u32,
  before: u32,
}

fn compute(at: u32) {
  let column = at % params.columns;
  let row = at / params.columns; // b T + t
  let first = row - row % params.steps;
  let t = row - first + params.before;
  var sum = E();
  for (var tap = 0u; tap < params.taps; tap++) {
    let shift = tap * params.dilation;
    if (t >= shift && t - shift < params.steps) {
      sum += x_at(((first + t - shift) * params.taps + tap) * params.columns + column);
    }
  }
  set_y(at, sum);
}
