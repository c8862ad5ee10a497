// Chains up the entries of an index that name the same row: next[row] is the first entry that names
// it, next[rows + n] the first after entry n that names the same row; the number of entries where
// there is none.
//
// Layout: index [N], next [rows + N].
// Parallel: an element of `next` an invocation, which looks through the index: once for a row, where
// scattering would do it once for each of its columns.
struct Params {
  rows: u32,
  indices: u32, // N
}

fn compute(at: u32) {
  var row = at;
  var n = 0u;
  if (at >= params.rows) {
    row = index_at(at - params.rows);
    n = at - params.rows + 1u;
  }
  while (n < params.indices && index_at(n) != row) {
    n++;
  }
  set_next(at, n);
}
