// Start-up probe of reading back: xorshift32 steps, each of which needs the one before it. The device
// is busy for a while before the result exists, so a read that does not wait for it is noticed.
// One invocation; `y` holds the state and the number of rounds of four steps. Rounds must be fewer
// than 65536: llvmpipe ends longer loops.
@group(0) @binding(0) var<storage, read_write> y: array<u32, 2>;

fn step(before: u32) -> u32 {
  let a = before ^ (before << 13u);
  let b = a ^ (a >> 17u);
  return b ^ (b << 5u);
}

@compute @workgroup_size(1)
fn main() {
  var x = y[0];
  let rounds = y[1];
  for (var i = 0u; i < rounds; i++) {
    x = step(step(step(step(x))));
  }
  y[0] = x;
}
