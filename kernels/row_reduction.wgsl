// Sums and maxima over rows, put in front of the row-wise kernels: a workgroup shares a row, whose
// invocations each take every INVOCATIONS-th element; or, where ALONE, each invocation takes a row by
// itself, since on software adapters barriers cost more than everything else.
override INVOCATIONS: u32; // a power of two

#if ${ALONE}
fn row_of(wid: vec3u, grid: vec3u, lid: u32) -> u32 {
  return (wid.x + wid.y * grid.x) * INVOCATIONS + lid;
}

fn first_of(lid: u32) -> u32 {
  return 0u;
}

fn stride() -> u32 {
  return 1u;
}

// Whether this invocation writes what a row has once.
fn leads(lid: u32) -> bool {
  return true;
}

fn row_sum(own: f32, lid: u32) -> f32 {
  return own;
}

fn row_max(own: f32, lid: u32) -> f32 {
  return own;
}
#else
var<workgroup> partials: array<f32, INVOCATIONS>;

fn row_of(wid: vec3u, grid: vec3u, lid: u32) -> u32 {
  return wid.x + wid.y * grid.x;
}

fn first_of(lid: u32) -> u32 {
  return lid;
}

fn stride() -> u32 {
  return INVOCATIONS;
}

// Whether this invocation writes what a row has once.
fn leads(lid: u32) -> bool {
  return lid == 0u;
}

// The sum of `own` over the row.
fn row_sum(own: f32, lid: u32) -> f32 {
  workgroupBarrier();
  partials[lid] = own;
  workgroupBarrier();
  for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
    if (lid < half) {
      partials[lid] += partials[lid + half];
    }
    workgroupBarrier();
  }
  return partials[0];
}

// The maximum of `own` over the row.
fn row_max(own: f32, lid: u32) -> f32 {
  workgroupBarrier();
  partials[lid] = own;
  workgroupBarrier();
  for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
    if (lid < half) {
      partials[lid] = max(partials[lid], partials[lid + half]);
    }
    workgroupBarrier();
  }
  return partials[0];
}
#endif

// The four numbers of a vec4 added up.
fn total(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}
