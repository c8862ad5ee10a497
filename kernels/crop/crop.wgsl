// A rectangle of each image: y[b, i, j] = x[b, top + i, left + j].
//
// Layout: pixels x [B, H, W], y [B, h, w]; a pixel of four bytes is a word.
struct Params {
  height: u32, // H
  width: u32, // W
  new_height: u32, // h
  new_width: u32, // w
  top: u32,
  left: u32,
}

fn compute(i: u32) {
  let line = i / params.new_width;
  let image = line / params.new_height;
  let row = params.top + line - image * params.new_height;
  let column = params.left + i - line * params.new_width;
  set_y(i, x_at((image * params.height + row) * params.width + column));
}
