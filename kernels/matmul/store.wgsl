// The end of every matmul kernel: y[row, 4 n4 .. +3] = activation(sum + bias) + residual.
fn store(row: u32, n4: u32, sum: vec4f) {
#if ${Y_VEC4}
  let at = row * (params.n / 4u) + n4;
  var value = sum;
#if ${BIAS}
  value += bias[n4];
#endif
  value = ${ACTIVATION}(value);
#if ${RESIDUAL}
  value += residual[at];
#endif
  y[at] = value;
#else
  let count = min(4u, params.n - 4u * n4);
  let at = row * params.n + 4u * n4;
  var value = sum;
#if ${BIAS}
  for (var i = 0u; i < count; i++) {
    value[i] += bias[4u * n4 + i];
  }
#endif
  value = ${ACTIVATION}(value);
  for (var i = 0u; i < count; i++) {
#if ${RESIDUAL}
    y[at + i] = value[i] + residual[at + i];
#else
    y[at + i] = value[i];
#endif
  }
#endif
}
