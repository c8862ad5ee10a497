// A tensor times a number.
struct Params {
  factor: f32,
}

fn y_of(x: E) -> E {
  return params.factor * x;
}
