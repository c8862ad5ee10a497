// Put in front of kernels that compute a row of `columns` E: `compute_row(row, base, lane)`, where
// `base` is the row's first index and `lane` tells invocations apart. A kernel walks its columns by
//   for (var i = first_of(lane); i < params.columns; i += stride())
// A workgroup shares a row, each invocation taking every INVOCATIONS-th column; or, where
// ROW_PER_INVOCATION, every invocation takes a row of its own: on software adapters barriers cost
// more than anything else.
override INVOCATIONS: u32; // a power of two

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
#if ${ROW_PER_INVOCATION}
  let row = (wid.x + wid.y * grid.x) * INVOCATIONS + lane;
#else
  let row = wid.x + wid.y * grid.x;
#endif
  if (row >= params.rows) {
    return;
  }
  compute_row(row, row * params.columns, lane);
}

#if ${ROW_PER_INVOCATION}
fn first_of(lane: u32) -> u32 {
  return 0u;
}

fn stride() -> u32 {
  return 1u;
}

// True for the invocation that stores per-row results.
fn leads(lane: u32) -> bool {
  return true;
}

// The sum of `own` over the row.
fn row_sum(own: f32, lane: u32) -> f32 {
  return own;
}

// The maximum of `own` over the row.
fn row_max(own: f32, lane: u32) -> f32 {
  return own;
}
#else
var<workgroup> partials: array<f32, INVOCATIONS>;

fn first_of(lane: u32) -> u32 {
  return lane;
}

fn stride() -> u32 {
  return INVOCATIONS;
}

// True for the invocation that stores per-row results.
fn leads(lane: u32) -> bool {
  return lane == 0u;
}

// The sum of `own` over the row.
fn row_sum(own: f32, lane: u32) -> f32 {
  workgroupBarrier();
  partials[lane] = own;
  workgroupBarrier();
  for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partials[lane] += partials[lane + half];
    }
    workgroupBarrier();
  }
  return partials[0];
}

// The maximum of `own` over the row.
fn row_max(own: f32, lane: u32) -> f32 {
  workgroupBarrier();
  partials[lane] = own;
  workgroupBarrier();
  for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partials[lane] = max(partials[lane], partials[lane + half]);
    }
    workgroupBarrier();
  }
  return partials[0];
}
#endif

