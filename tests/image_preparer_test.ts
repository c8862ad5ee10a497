import assert from "node:assert/strict";
import { ImagePreparer, scaledSize } from "../media/image_preparer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { deviceWith } from "./fakes.ts";

/** An image of made-up bytes. */
function image(width: number, height: number, channels = 3) {
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => Math.imul(i + width, 0x9e3779b1) >>> 24,
  );
  return { width, height, data };
}

Deno.test("the shorter side becomes the size, the longer one is cut down to a whole number", () => {
  assert.deepEqual(scaledSize(301, 173, 224), [389, 224]);
  assert.deepEqual(scaledSize(173, 301, 224), [224, 389]);
  assert.deepEqual(scaledSize(224, 224, 224), [224, 224]);
  assert.deepEqual(scaledSize(1, 3000, 224), [224, 672000]);
});

for (const [width, height, channels] of [[400, 640, 3], [640, 400, 4], [500, 500, 3]] as const) {
  gpuTest(
    `an image of ${width} x ${height} too large for the device gives the same bytes`,
    async () => {
      const device = await sharedDevice(), one = image(width, height, channels);
      const small = deviceWith(device, { limits: { maxStorageBufferBindingSize: 200_000 } });
      assert.ok(one.data.length > 200_000);
      using whole = new ImagePreparer(device, 64);
      using banded = new ImagePreparer(small, 64);
      assert.deepEqual(await banded.prepare(one), await whole.prepare(one));
    },
  );
}

gpuTest("images of many sizes at once are each themselves", async () => {
  using preparer = new ImagePreparer(await sharedDevice(), 16);
  const images = Array.from({ length: 9 }, (_, i) => image(20 + i, 30 - i));
  const together = await Promise.all(images.map((one) => preparer.prepare(one)));
  for (const [i, one] of images.entries()) {
    assert.deepEqual(together[i], await preparer.prepare(one));
  }
});

gpuTest("long, narrow and tiny images are prepared", async () => {
  using preparer = new ImagePreparer(await sharedDevice(), 16);
  for (const [width, height] of [[1, 1], [1, 200], [300, 2], [15, 17]] as const) {
    assert.equal((await preparer.prepare(image(width, height))).length, 16 * 16 * 4);
  }
});

gpuTest("what is no image, and a preparer that was disposed, are refused", async () => {
  const preparer = new ImagePreparer(await sharedDevice(), 16);
  await assert.rejects(preparer.prepare({ width: 3, height: 2, data: new Uint8Array(7) }), {
    message: /Cannot prepare an image of 7 bytes: wanted \[2, 3, 3\] or \[2, 3, 4\]/,
  });
  preparer[Symbol.dispose]();
  await assert.rejects(preparer.prepare(image(3, 2)), {
    message: /the cache of plans was disposed/,
  });
});
