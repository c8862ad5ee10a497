// Puts the class token before the patches of each image and adds the positions:
// y[b, 0, :] = token + position[0, :], y[b, 1 + p, :] = x[b, p, :] + position[1 + p, :].
//
// Layout: x [B, P, D]; token [D]; position [P + 1, D]; y [B, P + 1, D].
struct Params {
  columns: u32, // of E
  tokens: u32, // P + 1
}

fn compute(at: u32) {
  let column = at % params.columns;
  let t = at / params.columns % params.tokens;
  let b = at / params.columns / params.tokens;
  let patch_row = b * (params.tokens - 1u) + max(t, 1u) - 1u;
  let own = x_at(patch_row * params.columns + column);
  let first = token_at(column);
  set_y(at, select(own, first, t == 0u) + position_at(t * params.columns + column));
}
