import assert from "node:assert/strict";
import { evaluateSize, reflect } from "../engine/reflect.ts";

const source = `// @group(0) @binding(9) var<uniform> comment: Params;
struct Params {
  rows: u32, // of x
  shift: i32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var x: texture_storage_2d<rgba16float, read>;
@group(0) @binding(2) var z: texture_storage_2d<rgba32float, write>;
@group(0) @binding(3) var<storage, read> w: array<vec4f>;
@group(0)
@binding(4)
var<storage, read_write> y: array<f32>;
override SIZE: u32;
override OTHER: f32 = 2.0;
const ROWS = 16u;
const TILE: u32 = 32;
var<workgroup> tile: array<vec4f, ROWS * TILE + SIZE>;
var<workgroup> partial: array<f32, SIZE>;
var<workgroup> total: f32;
var<workgroup> nested: array<array<vec2f, 2 * SIZE>, ROWS>;
@compute @workgroup_size(SIZE, 2)
fn main() {}
`;

Deno.test("reflect() reads all that the engine needs, and not what stands in comments", () => {
  const { bindings, params, overrides, workgroupSize, workgroupArrays, constants } = reflect(
    source,
    "sample.wgsl",
  );
  assert.deepEqual(bindings, [
    { index: 0, name: "params", kind: "uniform" },
    { index: 1, name: "x", kind: "texture_read", format: "rgba16float" },
    { index: 2, name: "z", kind: "texture_write", format: "rgba32float" },
    { index: 3, name: "w", kind: "read" },
    { index: 4, name: "y", kind: "write" },
  ]);
  assert.deepEqual(params, [
    { name: "rows", type: "u32" },
    { name: "shift", type: "i32" },
    { name: "eps", type: "f32" },
  ]);
  assert.deepEqual(overrides, ["SIZE", "OTHER"]);
  assert.deepEqual(workgroupSize, ["SIZE", "2"]);
  assert.deepEqual(workgroupArrays, [
    { bytes: 16, length: "ROWS * TILE + SIZE" },
    { bytes: 4, length: "SIZE" },
    { bytes: 4, length: "1" },
    { bytes: 8, length: "ROWS * 2 * SIZE" },
  ]);
  assert.deepEqual(constants, { ROWS: 16, TILE: 32 });
});

Deno.test("reflect() refuses what the engine could not fill or count", () => {
  const read = (text: string) => () =>
    reflect(`${text}\n@compute @workgroup_size(1) fn main() {}`, "a.wgsl");
  assert.throws(read("struct Params { a: u32, scale: vec4f }"), {
    name: "TypeError",
    message: "Cannot read a.wgsl: params.scale must be u32, i32 or f32: got vec4f",
  });
  assert.throws(read("struct Params { scale: vec2<f32> }"), /params\.scale must be .*: got vec2/);
  const fields = (count: number) =>
    `struct Params { ${Array.from({ length: count }, (_, i) => `f${i}: u32,`).join("\n")} }`;
  assert.equal(read(fields(64))().params.length, 64);
  assert.throws(read(fields(65)), {
    message: "Cannot read a.wgsl: struct Params has 65 fields: at most 64 fit",
  });
  for (
    const type of [
      "array<mat4x4f, 4>",
      "array<array<mat4x4f, 4>, 8>",
      "array<array<f32, ROWS + 1>, 8>",
      "atomic<u32>",
    ]
  ) {
    assert.throws(read(`var<workgroup> t: ${type};`), {
      message: `Cannot read a.wgsl: workgroup memory of ${type} is not known`,
    });
  }
  assert.throws(() => reflect("fn main() {}", "a.wgsl"), {
    name: "SyntaxError",
    message: "Cannot read a.wgsl: it has no @workgroup_size",
  });
});

Deno.test("evaluateSize() adds and multiplies numbers and names", () => {
  const names = { ROWS: 8, K: 3 };
  assert.equal(evaluateSize("256", names), 256);
  assert.equal(evaluateSize("16u", names), 16);
  assert.equal(evaluateSize("ROWS*K", names), 24);
  assert.equal(evaluateSize(" 2 * ROWS + K * 4u + 1 ", names), 29);
});

Deno.test("evaluateSize() refuses names and signs that it does not know", () => {
  assert.throws(() => evaluateSize("ROWS * COLUMNS", { ROWS: 8 }), {
    name: "TypeError",
    message: 'Cannot evaluate size "ROWS * COLUMNS": COLUMNS is not known',
  });
  assert.throws(() => evaluateSize("8 / 2", {}), /8 \/ 2 is not known/);
  assert.throws(() => evaluateSize("", {}), / is not known/);
});
