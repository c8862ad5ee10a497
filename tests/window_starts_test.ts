import assert from "node:assert/strict";
import { windowOfFrame } from "../person/analyse.ts";
import type { AnalysedWindow } from "../person/video_decider.ts";
import { TunedDecider } from "../person/tuned_decider.ts";
import { windowStarts } from "../tta/clip_autt/window_starts.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { openSmall, smallPictures, smallSettings } from "./small_adaptation.ts";

/** Times at ten frames a second, without the frames that are missing. */
const times = (frames: number, missing: (frame: number) => boolean) =>
  Array.from({ length: frames }, (_, i) => i).filter((i) => !missing(i)).map((i) => i / 10);

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("windows do not run over gaps, but may miss a quarter of their frames", () => {
  const window = 16;
  assert.deepEqual(windowStarts(40, window), range(0, 24));
  assert.deepEqual(windowStarts(40, window, times(40, () => false)), range(0, 24));
  // Five seconds without a face after frame 19: no window is on both sides.
  const away = times(90, (i) => i >= 20 && i < 70);
  assert.equal(away.length, 40);
  assert.deepEqual(windowStarts(40, window), range(0, 24), "by frames alone, 15 span the gap");
  assert.deepEqual(windowStarts(40, window, away), [...range(0, 4), ...range(20, 24)]);
  // A frame is missing here and there: 16 frames in a row span 1.5 s, and up to 2 s are allowed.
  assert.equal(windowStarts(36, window, times(40, (i) => i % 10 === 7)).length, 21);
  // No run is as long as a window: the one that spans the least is left.
  assert.deepEqual(windowStarts(6, 4, [0, 14.7, 15.7, 20.7, 20.9, 21]), [2]);
  assert.deepEqual(windowStarts(3, window, [0, 9, 99]), [0]);
});

Deno.test("the window of a frame is the one around it, and none between two gaps", () => {
  const windows = [...range(0, 4), ...range(20, 24)]
    .map((first) => ({ first, last: first + 15 }) as AnalysedWindow);
  const at = (place: number) => windows[windowOfFrame(place, windows) ?? -1]?.first;
  assert.deepEqual([0, 7, 9, 11, 19].map(at), [0, 0, 2, 4, 4]);
  assert.deepEqual([20, 29, 31, 39].map(at), [20, 22, 24, 24]);
  const few = [{ first: 3, last: 5 }] as unknown as AnalysedWindow[];
  assert.deepEqual([0, 2, 3, 5, 6].map((place) => windowOfFrame(place, few)), [
    ...[undefined, undefined, 0, 0, undefined],
  ]);
  assert.equal(windowOfFrame(0, []), undefined);
});

gpuTest("a decision names its window among those that are left", async () => {
  const device = await sharedDevice();
  using small = await openSmall(device);
  const features = await small.clip.images.encode(smallPictures(6));
  const decider = new TunedDecider(small.autt, undefined);
  const seconds = [0, .1, 9, 9.1, 9.2, 20], { window } = smallSettings;
  assert.equal(window, 2);
  const { decided, windows } = await decider.decide(features, { times: [seconds] });
  assert.deepEqual(windows.map(({ first, last }) => [first, last]), [[0, 1], [2, 3], [3, 4]]);
  for (const when of ["before", "after"] as const) {
    const { start, windowEntropy } = decided[when];
    assert.equal(windowEntropy[start], Math.min(...windowEntropy));
    const own = windows[start]?.[when === "before" ? "entropyBefore" : "entropyAfter"];
    assert.equal(own, windowEntropy[start]);
  }
  const whole = await decider.decide(features, {});
  assert.equal(whole.windows.length, 5);
});
