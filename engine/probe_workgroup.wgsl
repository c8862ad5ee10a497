// Start-up probe, second of two: the same matmul the way a GPU likes it.
// A workgroup of 64 computes 16 rows x 64 columns from tiles in workgroup memory; a thread holds
// 4 rows x 4 columns.
@group(0) @binding(0) var a: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var b: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

override REPEAT: u32;
var<workgroup> a_tile: array<vec4f, 64>;
var<workgroup> b_tile: array<vec4f, 256>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let column = lid % 16u;
  let row = lid / 16u * 4u;
  var y0 = vec4f();
  var y1 = vec4f();
  var y2 = vec4f();
  var y3 = vec4f();
  for (var n = 0u; n < REPEAT; n++) {
    for (var tile = 0u; tile < 4u; tile++) {
      workgroupBarrier();
      a_tile[lid] = textureLoad(a, vec2u(tile * 4u + lid % 4u, wid.y * 16u + lid / 4u));
      for (var i = 0u; i < 4u; i++) {
        b_tile[i * 64u + lid] = textureLoad(b, vec2u(lid % 16u, tile * 16u + i * 4u + lid / 16u));
      }
      workgroupBarrier();
      for (var k = 0u; k < 4u; k++) {
        let a0 = a_tile[row * 4u + k];
        let a1 = a_tile[row * 4u + 4u + k];
        let a2 = a_tile[row * 4u + 8u + k];
        let a3 = a_tile[row * 4u + 12u + k];
        let b0 = b_tile[k * 64u + column];
        let b1 = b_tile[k * 64u + 16u + column];
        let b2 = b_tile[k * 64u + 32u + column];
        let b3 = b_tile[k * 64u + 48u + column];
        y0 += (a0.x * b0 + a0.y * b1) + (a0.z * b2 + a0.w * b3);
        y1 += (a1.x * b0 + a1.y * b1) + (a1.z * b2 + a1.w * b3);
        y2 += (a2.x * b0 + a2.y * b1) + (a2.z * b2 + a2.w * b3);
        y3 += (a3.x * b0 + a3.y * b1) + (a3.z * b2 + a3.w * b3);
      }
    }
  }
  let out = (wid.y * 16u + row) * 16u + column;
  y[out] = y0;
  y[out + 16u] = y1;
  y[out + 32u] = y2;
  y[out + 48u] = y3;
}
