// The end of every matmul kernel: y[row, 4 n4 .. +3] = activation(sum + bias) + residual. The
// kernels load the four numbers of the bias once for all their rows.
fn load_bias(n4: u32) -> vec4f {
#if ${BIAS}
#if ${Y_VEC4}
  return bias[n4];
#else
  var four = vec4f();
  for (var i = 0u; i < min(4u, params.n - 4u * n4); i++) {
    four[i] = bias[4u * n4 + i];
  }
  return four;
#endif
#else
  return vec4f();
#endif
}

fn store(row: u32, n4: u32, sum: vec4f) {
  let value = ${ACTIVATION}(sum);
#if ${Y_VEC4}
  let at = row * (params.n / 4u) + n4;
#if ${RESIDUAL}
#if ${RESIDUAL_TEXELS}
  y[at] = value + textureLoad(residual, vec2u(at & 1023u, at >> 10u));
#else
  y[at] = value + residual[at];
#endif
#else
  y[at] = value;
#endif
#else
  let at = row * params.n + 4u * n4;
  for (var i = 0u; i < min(4u, params.n - 4u * n4); i++) {
#if ${RESIDUAL}
    y[at + i] = value[i] + residual[at + i];
#else
    y[at + i] = value[i];
#endif
  }
#endif
}
