import assert from "node:assert/strict";
import { frameScale } from "../data/frame_scale.ts";
import { frameWindows, padFrames, spreadEvenly, stitchWindows } from "../data/frame_windows.ts";

Deno.test("windows reach every frame, none ends behind the last one, and neighbours are a hop apart but for the last", () => {
  for (
    const [length, window, hop] of [[0, 5, 2], [4, 5, 2], [5, 5, 2], [6, 5, 2], [23, 5, 3], [
      24,
      5,
      5,
    ]] as const
  ) {
    const windows = frameWindows(length, window, hop), reached = new Set<number>();
    for (const [i, [first, last]] of windows.entries()) {
      for (let frame = first; frame <= last; frame++) reached.add(frame);
      assert.equal(last - first + 1, Math.min(window, length));
      const before = windows[i - 1]?.[0];
      if (before !== undefined) assert.ok(first - before === hop || i === windows.length - 1);
    }
    assert.deepEqual([...reached], Array.from({ length }, (_, i) => i));
  }
});

Deno.test("frames are padded with the last one, labels alike; longer clips stay as they are", () => {
  assert.deepEqual(
    padFrames(Float32Array.of(1, 2, 3, 4), 2, 4),
    Float32Array.of(1, 2, 3, 4, 3, 4, 3, 4),
  );
  assert.deepEqual(padFrames(Int32Array.of(0, 1), 1, 3), Int32Array.of(0, 1, 1));
  const long = Float32Array.of(1, 2, 3);
  assert.equal(padFrames(long, 1, 2), long);
  assert.equal(padFrames(new Float32Array(0), 1, 2).length, 0);
});

Deno.test("things without times are spread over frames in equal blocks, the first ones longer", () => {
  assert.deepEqual(spreadEvenly(3, 8), [0, 0, 0, 1, 1, 1, 2, 2]);
  assert.deepEqual(spreadEvenly(4, 2), [0, 1], "what is too much is dropped");
  assert.deepEqual(spreadEvenly(0, 5), []);
});

Deno.test("a scale has means and deviations over the frames of all videos", () => {
  const { mean, deviation } = frameScale([[1, 10, 3, 10], [5, 40]], 2);
  assert.deepEqual([...mean], [3, 20]);
  assert.deepEqual([...deviation], [2, Math.sqrt(300)]);
  assert.throws(() => frameScale([[1, 2]], 2), /Cannot scale 1 frames/);
});

Deno.test("what windows say is averaged where they overlap", () => {
  const windows = frameWindows(5, 3, 2);
  assert.deepEqual(windows, [[0, 2], [2, 4]]);
  const stitched = stitchWindows(windows, [[1, -1, 2, -2, 3, -3], [5, -5, 6, -6, 7, -7]], 2);
  assert.deepEqual([...stitched], [1, -1, 2, -2, 4, -4, 6, -6, 7, -7]);
  assert.equal(stitchWindows([], [], 2).length, 0);
});
