// What the kernels that move a window over an image share: conv2d, depthwise_conv2d, max_pool.
//
// Layout: x [B, H, W, Ci], y [B, h, w, Co], with y as vec4 where VEC4, that is where Co allows.
// Parallel: an invocation computes four channels of four pixels that follow each other in y, over
// lines and images: it loads the weights once for all four. Channels past the last one repeat it
// and pixels past the last one repeat that; neither is stored.
struct Params {
  pixels: u32, // of y
  height: u32,
  width: u32,
  channels: u32, // of x
  out_height: u32,
  out_width: u32,
  out_channels: u32,
  window_height: u32,
  window_width: u32,
  stride: u32,
  top: u32, // padding above
  left: u32,
}

const FOUR = vec4u(0u, 1u, 2u, 3u);

// Where the windows of four pixels begin.
struct Windows {
  image: vec4u, // the number of its first line in x
  row: vec4i,
  column: vec4i,
}

fn windows_of(first: u32) -> Windows {
  let pixel = min(first + FOUR, vec4u(params.pixels - 1u));
  let line = pixel / params.out_width;
  let image = line / params.out_height;
  let row = line - image * params.out_height;
  let column = pixel - line * params.out_width;
  return Windows(
    image * params.height,
    vec4i(row * params.stride) - i32(params.top),
    vec4i(column * params.stride) - i32(params.left),
  );
}

// Four neighbours in x: the pixels' numbers, and whether they lie in the image; where they do not,
// the number is that of the nearest one that does.
struct Neighbors {
  pixel: vec4u,
  inside: vec4<bool>,
}

fn neighbors(windows: Windows, row_in_window: u32, column_in_window: u32) -> Neighbors {
  let row = windows.row + i32(row_in_window);
  let column = windows.column + i32(column_in_window);
  let near_row = clamp(row, vec4i(), vec4i(i32(params.height) - 1));
  let near_column = clamp(column, vec4i(), vec4i(i32(params.width) - 1));
  return Neighbors(
    (windows.image + vec4u(near_row)) * params.width + vec4u(near_column),
    (row == near_row) & (column == near_column),
  );
}

// The numbers of four channels.
fn four_channels(channel: u32) -> vec4u {
  return min(channel + FOUR, vec4u(params.out_channels - 1u));
}

// Stores four channels of a pixel.
fn store(pixel: u32, channel: u32, value: vec4f) {
  if (pixel >= params.pixels) {
    return;
  }
  let at = pixel * params.out_channels + channel;
#if ${VEC4}
  set_y(at / 4u, value);
#else
  for (var i = 0u; i < min(4u, params.out_channels - channel); i++) {
    set_y(at + i, value[i]);
  }
#endif
}
