// An activation function of every element; the functions are in activation_functions.wgsl.
fn y_of(x: E) -> E {
  return ${ACTIVATION}(x);
}
