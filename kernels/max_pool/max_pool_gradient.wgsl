// Gradient of max pooling: each window's dy goes to its largest number, the first in reading order
// where several are equal, as PyTorch has it.
//
// Layout: x, y [B, H, W, C]; dy [B, h, w, C]. An invocation looks at every window that its pixel lies in
// and adds up those that it wins, so that nothing is added atomically.
struct Params {
  channels: u32, // of E
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  window: u32,
  stride: u32,
  top: u32,
  left: u32,
}

// 1 where the pixel at this row and column of picture b is its window's winner, for each channel.
fn wins(b: u32, first_row: u32, first_column: u32, row: u32, column: u32, c: u32) -> E {
  let own = x_at(((b * params.height + row) * params.width + column) * params.channels + c);
  var won = E(1.0);
  for (var p = 0u; p < params.window; p++) {
    // Shifted by the padding, so that no place is below zero.
    let i = first_row + p;
    if (i < params.top || i >= params.height + params.top) {
      continue;
    }
    for (var q = 0u; q < params.window; q++) {
      let j = first_column + q;
      if (j < params.left || j >= params.width + params.left) {
        continue;
      }
      let r = i - params.top;
      let k = j - params.left;
      let other = x_at(((b * params.height + r) * params.width + k) * params.channels + c);
      won = select(won, E(), other > own);
      if (r < row || (r == row && k < column)) {
        won = select(won, E(), other == own);
      }
    }
  }
  return won;
}

fn compute(at: u32) {
  let c = at % params.channels;
  var rest = at / params.channels;
  let column = rest % params.width;
  rest /= params.width;
  let row = rest % params.height;
  let b = rest / params.height;
  var sum = E();
  for (var p = 0u; p < params.window; p++) {
    let down = row + params.top - p;
    let i = down / params.stride;
    if (p > row + params.top || down % params.stride != 0u || i >= params.out_height) {
      continue;
    }
    for (var q = 0u; q < params.window; q++) {
      let across = column + params.left - q;
      let j = across / params.stride;
      if (q > column + params.left || across % params.stride != 0u || j >= params.out_width) {
        continue;
      }
      let window = (b * params.out_height + i) * params.out_width + j;
      sum += wins(b, down, across, row, column, c) * dy_at(window * params.channels + c);
    }
  }
  set_y(at, sum);
}
