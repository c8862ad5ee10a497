import assert from "node:assert/strict";
import {
  bytesPerElement,
  checkShape,
  type DType,
  elements,
  formatShape,
  hostArray,
  isHostArray,
  sameShape,
  sizeAt,
  tensorBytes,
  textureBytes,
  textureFor,
  toHostArray,
} from "../engine/mod.ts";

const dtypes = Object.keys(bytesPerElement) as DType[];

Deno.test("each element type has its own array, of its own width", () => {
  for (const dtype of dtypes) {
    const array = toHostArray(dtype, [1, 2, 3]);
    assert.equal(array.BYTES_PER_ELEMENT, bytesPerElement[dtype]);
    for (const other of dtypes) assert.equal(isHostArray(other, array), other === dtype);
    const bytes = new ArrayBuffer(32);
    new Uint8Array(bytes).set(new Uint8Array(array.buffer));
    assert.deepEqual(hostArray(dtype, bytes, 3), array);
  }
  assert(isHostArray("u8", new Uint8ClampedArray(1)));
  assert(!isHostArray("f32", new Float64Array(1)));
});

Deno.test("toHostArray() rounds to the element type", () => {
  assert.deepEqual([...toHostArray("f16", [1 / 3, 70000])], [Math.f16round(1 / 3), Infinity]);
  assert.deepEqual([...toHostArray("f32", [0.1])], [Math.fround(0.1)]);
  assert.deepEqual([...toHostArray("u8", [255, 256])], [255, 0]);
});

Deno.test("elements() multiplies, and a scalar has one", () => {
  assert.equal(elements([]), 1);
  assert.equal(elements([4, 77, 512]), 157696);
});

Deno.test("shapes are the same size by size", () => {
  assert(sameShape([2, 3], [2, 3]));
  assert(!sameShape([2, 3], [3, 2]));
  assert(!sameShape([2, 3], [2, 3, 1]));
  assert(sameShape([], []));
  assert.equal(formatShape([4, 77]), "[4, 77]");
  assert.equal(formatShape([]), "[]");
});

Deno.test("sizeAt() counts from either end, and refuses axes that are not there", () => {
  assert.equal(sizeAt([4, 5, 6], 1), 5);
  assert.equal(sizeAt([4, 5, 6], -1), 6);
  for (const axis of [3, -4]) {
    assert.throws(() => sizeAt([4, 5, 6], axis), {
      name: "RangeError",
      message: `Cannot take axis ${axis}: the shape is [4, 5, 6]`,
    });
  }
});

Deno.test("checkShape() refuses sizes that are none, and the wrong number of axes", () => {
  checkShape("record x", []);
  checkShape("record x", [1, 2], 2);
  for (const size of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => checkShape("record x", [2, size]), {
      name: "RangeError",
      message: `Cannot record x: sizes must be whole numbers of at least 1: got [2, ${size}]`,
    });
  }
  assert.throws(() => checkShape("record x", [1, 2], 3), {
    name: "TypeError",
    message: "Cannot record x: wanted 3 axes: got [1, 2]",
  });
});

Deno.test("tensors take whole vec4s, and textures whole lines", () => {
  const bytes = (shape: number[], dtype: DType) => tensorBytes({ shape, dtype });
  assert.equal(bytes([], "f32"), 16);
  assert.equal(bytes([4], "f32"), 16);
  assert.equal(bytes([5], "f32"), 32);
  assert.equal(bytes([9], "f16"), 32);
  assert.equal(bytes([17], "u8"), 32);
  assert.equal(textureBytes({ width: 3, height: 5, format: "rgba32float" }), 240);
  assert.equal(textureBytes({ width: 3, height: 5, format: "rgba16float" }), 120);
  assert.deepEqual(textureFor(1), [1028, 1]);
  assert.deepEqual(textureFor(1024), [1028, 1]);
  assert.deepEqual(textureFor(1025), [1028, 2]);
});
