// Start-up probe, first of two: REPEAT times a 64x64x64 matmul the way a CPU adapter likes it.
// Layout: a, b row-major rgba32float textures of 16 texels a row; y row-major.
// A workgroup is one subgroup; lane l holds 4 columns of 8 rows; a's values come by broadcast.
@group(0) @binding(0) var a: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var b: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

const LANES = ${LANES}u;
override REPEAT: u32;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = wid.x * LANES + lane;
  let row = wid.y * 4u;
  var y0 = vec4f();
  var y1 = vec4f();
  var y2 = vec4f();
  var y3 = vec4f();
  for (var n = 0u; n < REPEAT; n++) {
    for (var k = 0u; k < 16u; k++) {
      let own = textureLoad(a, vec2u(k, row + lane % 4u));
      let b0 = textureLoad(b, vec2u(column, 4u * k));
      let b1 = textureLoad(b, vec2u(column, 4u * k + 1u));
      let b2 = textureLoad(b, vec2u(column, 4u * k + 2u));
      let b3 = textureLoad(b, vec2u(column, 4u * k + 3u));
      let a0 = subgroupBroadcast(own, 0u);
      let a1 = subgroupBroadcast(own, 1u);
      let a2 = subgroupBroadcast(own, 2u);
      let a3 = subgroupBroadcast(own, 3u);
      y0 += (a0.x * b0 + a0.y * b1) + (a0.z * b2 + a0.w * b3);
      y1 += (a1.x * b0 + a1.y * b1) + (a1.z * b2 + a1.w * b3);
      y2 += (a2.x * b0 + a2.y * b1) + (a2.z * b2 + a2.w * b3);
      y3 += (a3.x * b0 + a3.y * b1) + (a3.z * b2 + a3.w * b3);
    }
  }
  y[(row) * 16u + column] = y0;
  y[(row + 1u) * 16u + column] = y1;
  y[(row + 2u) * 16u + column] = y2;
  y[(row + 3u) * 16u + column] = y3;
}
