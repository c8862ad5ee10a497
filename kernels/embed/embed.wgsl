// Token embedding with position: y[b, t, :] = table[ids[b, t], :] + position[t, :].
//
// Layout: ids [B, T]; table [V, D]; position [P >= T, D]; y [B, T, D]. An id outside the table gives a
// row of NaN.
struct Params {
  columns: u32, // of E
  tokens: u32, // T
  vocabulary: u32, // V
}

fn compute(at: u32) {
  let row = at / params.columns;
  let column = at % params.columns;
  let id = ids_at(row);
  if (id >= params.vocabulary) {
    set_y(at, E(not_a_number(params.columns)));
  } else {
    let place = row % params.tokens * params.columns + column;
    set_y(at, table_at(id * params.columns + column) + position_at(place));
  }
}
