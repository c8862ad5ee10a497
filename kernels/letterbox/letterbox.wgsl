// A picture on a square, as a detector takes it: y[b, v, u, c] = x[b, v - top, u - left, c] / 127.5 - 1
// where the picture is, -1 (black) around it; a fourth channel is 0, so that a pixel is one load.
//
// Layout: pixels x [B, h, w], a word each, red in the lowest byte; y [B, S, S, 4].
struct Params {
  size: u32, // S
  height: u32, // h
  width: u32, // w
  top: u32,
  left: u32,
}

fn compute(i: u32) {
  let row = i / params.size % params.size;
  let column = i % params.size;
  let picture = i / (params.size * params.size);
  var colour = vec3f(-1.0);
  if (row >= params.top && row < params.top + params.height &&
      column >= params.left && column < params.left + params.width) {
    let line = picture * params.height + row - params.top;
    let pixel = x_at(line * params.width + column - params.left);
    let bytes = vec3f(f32(pixel & 255u), f32((pixel >> 8u) & 255u), f32((pixel >> 16u) & 255u));
    colour = (bytes - 127.5) / 127.5; // not bytes / 127.5 - 1, which would cancel near grey
  }
  set_y(i, vec4f(colour, 0.0));
}
