// Matmul for GPUs: y = activation(x w + bias) + residual, by tiles in workgroup memory.
//
// Layout: x [M, K] row-major; w [K, ceil(N / 4)] vec4, packed rows; y, residual [M, N].
// Parallel: a workgroup of 16 x 16 computes (16 TM) rows x (64 TN) columns; an invocation holds TM
// rows x TN vec4s, so each value read from workgroup memory serves several multiply-adds.
// K goes by steps of 16: x's tile is kept transposed, so that an invocation's rows are neighbours.
// Sizes need not fit: loads outside are zeros, stores outside are left out.
struct Params {
  m: u32,
  k: u32,
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<${X_ELEMENT}>;
@group(0) @binding(2) var<storage, read> w: array<${W_ELEMENT}>;
@group(0) @binding(3) var<storage, read_write> y: array<${Y_ELEMENT}>;
#if ${BIAS}
@group(0) @binding(4) var<storage, read> bias: array<${Y_ELEMENT}>;
#endif
#if ${RESIDUAL}
@group(0) @binding(5) var<storage, read> residual: array<${Y_ELEMENT}>;
#endif

const TM = ${TM}u; // rows of an invocation
const TN = ${TN}u; // vec4s of an invocation
const ROWS = 16u * TM;
const COLUMNS4 = 16u * TN;
const X_LENGTH = ${X_LENGTH};
const W_LENGTH = ${W_LENGTH};
var<workgroup> x_tile: array<f32, X_LENGTH>; // [16, ROWS]
var<workgroup> w_tile: array<vec4f, W_LENGTH>; // [16, COLUMNS4]

// x[row, 4 k4 .. +3], zeros outside.
fn load_x(row: u32, k4: u32) -> vec4f {
#if ${X_VEC4}
  if (row < params.m && 4u * k4 < params.k) {
    return x[row * (params.k / 4u) + k4];
  }
  return vec4f();
#else
  var four = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (row < params.m && 4u * k4 + i < params.k) {
      four[i] = x[row * params.k + 4u * k4 + i];
    }
  }
  return four;
#endif
}

fn load_w(k: u32, n4: u32, columns4: u32) -> vec4f {
  if (k >= params.k || n4 >= columns4) {
    return vec4f();
  }
#if ${HALF}
  let words = w[k * columns4 + n4];
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
#else
  return w[k * columns4 + n4];
#endif
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let columns4 = (params.n + 3u) / 4u;
  let row0 = wid.y * ROWS;
  let column0 = wid.x * COLUMNS4;
  let ty = lid / 16u;
  let tx = lid % 16u;
  var sums: array<array<vec4f, TN>, TM>;

  for (var k0 = 0u; k0 < params.k; k0 += 16u) {
    for (var i = lid; i < ROWS * 4u; i += 256u) {
      let four = load_x(row0 + i / 4u, k0 / 4u + i % 4u);
      let at = i % 4u * 4u * ROWS + i / 4u;
      x_tile[at] = four.x;
      x_tile[at + ROWS] = four.y;
      x_tile[at + 2u * ROWS] = four.z;
      x_tile[at + 3u * ROWS] = four.w;
    }
    for (var i = lid; i < 16u * COLUMNS4; i += 256u) {
      w_tile[i] = load_w(k0 + i / COLUMNS4, column0 + i % COLUMNS4, columns4);
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      var own: array<vec4f, TN>;
      for (var j = 0u; j < TN; j++) {
        own[j] = w_tile[k * COLUMNS4 + j * 16u + tx];
      }
      for (var i = 0u; i < TM; i++) {
        let value = x_tile[k * ROWS + ty * TM + i];
        for (var j = 0u; j < TN; j++) {
          sums[i][j] += value * own[j];
        }
      }
    }
    workgroupBarrier();
  }

  for (var j = 0u; j < TN; j++) {
    let n4 = column0 + j * 16u + tx;
    if (n4 < columns4) {
      let offset = load_bias(n4);
      for (var i = 0u; i < TM; i++) {
        let row = row0 + ty * TM + i;
        if (row < params.m) {
          store(row, n4, sums[i][j] + offset);
        }
      }
    }
  }
}
