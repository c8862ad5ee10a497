// Sums and maxima over a row that one workgroup shares: put in front of the row-wise kernels.
override INVOCATIONS: u32; // a power of two
var<workgroup> partials: array<f32, INVOCATIONS>;

// The sum of `own` over the workgroup.
fn workgroup_sum(own: f32, lid: u32) -> f32 {
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

// The maximum of `own` over the workgroup.
fn workgroup_max(own: f32, lid: u32) -> f32 {
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

// The four numbers of a vec4 added up.
fn total(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}
