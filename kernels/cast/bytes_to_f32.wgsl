// Bytes, four to a word, to float32: exact.
//
// Layout: flat. Parallel: a word an invocation; the padding that every tensor has takes what is over.
fn compute(i: u32) {
  let word = x_at(i);
  set_y(i, vec4f(vec4u(word, word >> 8u, word >> 16u, word >> 24u) & vec4u(255u)));
}
