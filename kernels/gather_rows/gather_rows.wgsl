// Picks rows: y[i, :] = x[index[i], :].
//
// Layout: x [R, D]; index [N]; y [N, D]. An index outside x gives a row of NaN.
struct Params {
  columns: u32, // of E
  rows: u32, // R
}

fn compute(at: u32) {
  let row = index_at(at / params.columns);
  if (row >= params.rows) {
    set_y(at, E(not_a_number(params.columns)));
  } else {
    set_y(at, x_at(row * params.columns + at % params.columns));
  }
}
