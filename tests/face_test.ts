import assert from "node:assert/strict";
import { record, Rng, Weights } from "../engine/mod.ts";
import { FormatError } from "../io/files/format_error.ts";
import { readTflite } from "../io/tensors/tflite.ts";
import { compare } from "../kernels/mod.ts";
import { blazeFace, detectorSize, loadBlazeFace } from "../media/face/blaze_face.ts";
import { cropSquare, squareAround } from "../media/face/crop_face.ts";
import { boxCount, decodeFaces, type Face, overlap } from "../media/face/decode_faces.ts";
import { openDetector } from "../media/face/open_detector.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";

const file = new URL("../media/face/face_detection_short_range.tflite", import.meta.url);
const model = () => Deno.readFileSync(file);

for (const design of ["chosen", "gpu"] as const) {
  gpuTest(
    `every kernel of the face detector equals its float64 reference (${design} kernels)`,
    async () => {
      const device = await sharedDevice(design);
      using weights = new Weights(device);
      const loaded = await loadBlazeFace(weights, readTflite(model(), "detector"));
      using plan = await record(device, (r) => {
        const { scores, boxes } = blazeFace(
          r,
          loaded,
          r.input("x", [1, detectorSize, detectorSize, 4]),
        );
        return [...scores, ...boxes];
      });
      const rng = new Rng(3);
      plan.write(
        "x",
        Float32Array.from({ length: 4 * detectorSize ** 2 }, () => 2 * rng.uniform() - 1),
      );
      const rows = await compare(device, plan);
      assert.deepEqual(rows.filter(({ diverges }) => diverges), []);
      assert.equal(rows.length, plan.applications.length);
      assert.deepEqual(
        plan.outputs.map(({ shape }) => shape),
        [[1, 16, 16, 2], [1, 8, 8, 6], [1, 16, 16, 32], [1, 8, 8, 96]],
      );
    },
  );
}

gpuTest(
  "a picture without a face has none, whatever its size and however many there are",
  async () => {
    const device = await sharedDevice();
    using detector = await openDetector(device);
    const rng = new Rng(4);
    for (const [width, height] of [[1, 1], [300, 20], [33, 57]] as const) {
      const pictures = Array.from({ length: 2 }, () => ({
        width,
        height,
        data: Uint8Array.from({ length: 3 * width * height }, () => rng.integer(0, 255)),
      }));
      assert.deepEqual(await detector.detect(pictures), [[], []]);
    }
    assert.deepEqual(await detector.detect([]), []);
    const picture = (width: number) => ({ width, height: 4, data: new Uint8Array(12 * width) });
    assert.match(
      (await rejection(detector.detect([picture(4), picture(5)]))).message,
      /pictures of several sizes at once/,
    );
  },
);

/** Raw numbers with some boxes in them: field, score, and four numbers in the detector's pixels. */
function raw(...found: [number, number, [number, number, number, number]][]) {
  const scores = new Float32Array(boxCount).fill(-100), boxes = new Float32Array(16 * boxCount);
  for (const [i, score, box] of found) {
    scores[i] = score;
    boxes.set(box, 16 * i);
  }
  return { scores, boxes };
}

Deno.test("boxes are told from the middles of their fields", () => {
  assert.equal(boxCount, 896);
  // The second box of the fine grid's third field in its second row; the middle is at 2.5/16, 1.5/16.
  const [face, ...others] = decodeFaces(raw([2 * (16 + 2) + 1, 3, [12.8, -6.4, 25.6, 12.8]]));
  assert.deepEqual(others, []);
  assert.ok(face);
  const close = (got: number, wanted: number) =>
    assert.ok(Math.abs(got - wanted) < 1e-6, `${got}: ${wanted}`);
  close(face.score, 1 / (1 + Math.exp(-3)));
  close(face.width, 0.2);
  close(face.height, 0.1);
  close(face.left, 2.5 / 16 + 0.1 - 0.1);
  close(face.top, 1.5 / 16 - 0.05 - 0.05);
  assert.deepEqual(face.points.length, 6);
  close(face.points[5]?.x ?? NaN, 2.5 / 16);
  // The last field of the coarse grid.
  const [last] = decodeFaces(raw([895, 1, [0, 0, 16, 16]]));
  close((last?.left ?? NaN) + (last?.width ?? NaN) / 2, 7.5 / 8);
});

Deno.test("boxes on each other are one face, by their certainty; others stay; NaN is none", () => {
  const box = (x: number): [number, number, number, number] => [x, 0, 32, 32];
  const faces = decodeFaces(raw([0, 4, box(40)], [1, 2, box(44)], [20, 1, box(60)]));
  assert.equal(faces.length, 2);
  const [a, b] = faces;
  assert.ok(a && b && a.score > b.score);
  const weights = [4, 2].map((x) => 1 / (1 + Math.exp(-x)));
  const [p = 0, q = 0] = weights, middle = (40 * p + 44 * q) / (p + q) / 128 + 0.5 / 16;
  assert.ok(Math.abs(a.left + a.width / 2 - middle) < 1e-6);
  assert.equal(overlap(a, a), 1);
  assert.ok(overlap(a, b) < 0.3);
  assert.deepEqual(decodeFaces(raw([3, NaN, box(0)], [5, -0.1, box(0)])), []);
});

const faceAt = (left: number, top: number, size = 20): Face => ({
  score: 0.9,
  left,
  top,
  width: size,
  height: size,
  points: [],
});

Deno.test("the square around a face has its margin, and stays in the picture", () => {
  const frame = { width: 200, height: 100 };
  assert.deepEqual(squareAround(faceAt(90, 40), frame), { left: 84, top: 34, size: 32 });
  assert.deepEqual(squareAround(faceAt(-5, 90), frame), { left: 0, top: 68, size: 32 });
  assert.deepEqual(squareAround(faceAt(195, -9), frame), { left: 168, top: 0, size: 32 });
  assert.deepEqual(squareAround(faceAt(50, 0, 99), frame), { left: 50, top: 0, size: 100 });
  const data = Uint8Array.from({ length: 3 * 4 * 5 }, (_, i) => i);
  const cropped = cropSquare({ width: 4, height: 5, data }, { left: 1, top: 2, size: 2 });
  assert.deepEqual([cropped.width, cropped.height], [2, 2]);
  assert.deepEqual([...cropped.data], [27, 28, 29, 30, 31, 32, 39, 40, 41, 42, 43, 44]);
});

Deno.test("a TFLite file that is broken, or of another network, is refused", async () => {
  const bytes = model(), rng = new Rng(5);
  assert.throws(() => readTflite(new Uint8Array(40), "zeros"), {
    message: /it is no TFLite model/,
  });
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    const changed = bytes.slice(
      0,
      rng.uniform() < 0.3 ? rng.integer(8, bytes.length) : bytes.length,
    );
    for (let n = 0; n < 3; n++) {
      changed[rng.integer(8, Math.min(changed.length, 6000) - 1)] = rng.integer(0, 255);
    }
    try {
      const read = readTflite(changed, "changed");
      for (const { inputs } of read.operations) {
        for (const input of inputs) read.shapes[input]?.join();
      }
    } catch (error) {
      assert.ok(error instanceof FormatError, `${error}`);
      refused++;
    }
  }
  assert.ok(refused > 200, `${refused}`);
  const device = await sharedDevice();
  using weights = new Weights(device);
  const other = readTflite(bytes, "detector");
  const shapes = other.shapes.map((shape) => shape.join() === "28,1,1,24" ? [28, 1, 1, 25] : shape);
  assert.match(
    (await rejection(loadBlazeFace(weights, { ...other, shapes }))).message,
    /convolution 4 must have weights \[28,1,1,24\]: got \[28,1,1,25\]/,
  );
});
