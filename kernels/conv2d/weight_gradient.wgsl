// Gradient of a convolution by its weight, in parts: parts[n, p, q, c, o] = the sum over the pixels
// (b, i, j) of block n of x[b, s i + p - top, s j + q - left, c] * dy[b, i, j, o], zeros outside the image.
//
// Layout: x [B, H, W, Ci]; dy [B, h, w, Co], in E; parts [n, kh, kw, Ci, Co]. A block is a few lines of
// an image, so that there is work for many invocations and no sum is long.
// X_VEC4: Ci is a multiple of four, and an invocation sums up for four of its channels.
struct Params {
  channels: u32, // Ci, of X
  groups: u32, // Co, of E
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  window_width: u32,
  taps: u32, // kh kw Ci, of X
  stride: u32,
  top: u32,
  left: u32,
  lines: u32, // of a block
  blocks: u32, // of an image
}

fn compute(at: u32) {
  let tap = at % params.taps;
  let group = at / params.taps % params.groups;
  let block = at / params.taps / params.groups;
  let b = block / params.blocks;
  let first = block % params.blocks * params.lines;
  let c = tap % params.channels;
  let q = tap / params.channels % params.window_width;
  let p = tap / params.channels / params.window_width;
  var sum0 = E();
#if ${X_VEC4}
  var sum1 = E();
  var sum2 = E();
  var sum3 = E();
#endif
  for (var i = first; i < min(first + params.lines, params.out_height); i++) {
    // Shifted by the padding, so that no place is below zero.
    let down = i * params.stride + p;
    if (down < params.top || down >= params.top + params.height) {
      continue;
    }
    let line = (b * params.height + down - params.top) * params.width;
    let dy_line = (b * params.out_height + i) * params.out_width;
    for (var j = 0u; j < params.out_width; j++) {
      let across = j * params.stride + q;
      if (across < params.left || across >= params.left + params.width) {
        continue;
      }
      let x = x_at((line + across - params.left) * params.channels + c);
      let slope = dy_at((dy_line + j) * params.groups + group);
#if ${X_VEC4}
      sum0 += x.x * slope;
      sum1 += x.y * slope;
      sum2 += x.z * slope;
      sum3 += x.w * slope;
#else
      sum0 += x * slope;
#endif
    }
  }
#if ${X_VEC4}
  let row = 4u * (block * params.taps + tap);
  set_parts(row * params.groups + group, sum0);
  set_parts((row + 1u) * params.groups + group, sum1);
  set_parts((row + 2u) * params.groups + group, sum2);
  set_parts((row + 3u) * params.groups + group, sum3);
#else
  set_parts((block * params.taps + tap) * params.groups + group, sum0);
#endif
}
