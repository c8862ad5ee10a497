import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { FrameReader } from "../model/frame_fusion/frame_reader.ts";
import { initialFrames } from "../model/frame_fusion/parameters.ts";
import { bahAveragePrecision } from "../numbers/scores/bah_scores.ts";
import { BestEpoch, officialFramePrecision } from "../tta/ambivalence/best_epoch.ts";
import {
  type FramedClip,
  trainFrames,
  usualFrameFitting,
} from "../tta/ambivalence/train_frames.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { sizes } from "./small_frames.ts";

/** Clips of several lengths, of both classes, as `sizes` has them. */
function framedClips(): FramedClip[] {
  const rng = new Rng(8);
  return [3, 5, 8, 8].map((frames, i) => ({
    label: i % 2,
    features: Object.fromEntries(
      sizes.modalities.map(({ name, width }) => [
        name,
        Float32Array.from({ length: frames * width }, () => rng.normal()),
      ]),
    ),
  }));
}

gpuTest("of epochs that are judged alike the later is kept, as it was then", async () => {
  const device = await sharedDevice(), clips = framedClips();
  const learn = (epochs: number, best?: BestEpoch) =>
    trainFrames(
      device,
      sizes,
      clips,
      { ...usualFrameFitting, steps: epochs * clips.length / 2, batch: 2, rate: 0.01 },
      {},
      best,
    );
  const told = [0.2, 0.5, 0.5, NaN, 0.1], judged = [...told];
  const best = new BestEpoch(() => Promise.resolve(judged.shift() ?? NaN));
  const last = await learn(told.length, best);
  assert.deepEqual(best.kept?.chosen, { epoch: 3, averagePrecision: 0.5 });
  assert.deepEqual(best.kept?.parameters.numbers, (await learn(3)).numbers);
  assert.notDeepEqual(best.kept?.parameters.numbers, last.numbers);
  assert.deepEqual(judged, []);
  const none = new BestEpoch(() => Promise.resolve(NaN));
  await none.see(1, last);
  assert.equal(none.kept, undefined, "nobody held out is of the second class");
});

gpuTest("epochs are judged by all frames, those that only pad a clip too", async () => {
  const device = await sharedDevice(), parameters = initialFrames(sizes, 5), window = 8;
  const clips = framedClips();
  using reader = new FrameReader(device, parameters);
  const precision = async (length: (frames: number) => number) => {
    const labels: number[] = [], logits: number[][] = [];
    for (const { label, features } of clips) {
      const frames = (features.video?.length ?? 0) / 4, longer = length(frames);
      const padded = Object.fromEntries(
        sizes.modalities.map(({ name, width }) => [
          name,
          Float32Array.from({ length: longer * width }, (_, i) => {
            const frame = Math.min(frames - 1, Math.floor(i / width));
            return features[name]?.[frame * width + i % width] ?? NaN;
          }),
        ]),
      );
      const rows = await reader.logits(padded);
      for (let at = 0; at < rows.length; at += 2) {
        labels.push(label);
        logits.push([...rows.subarray(at, at + 2)]);
      }
    }
    return bahAveragePrecision(labels, logits);
  };
  const found = await officialFramePrecision(device, parameters, clips, { window, hop: 4 });
  assert.equal(found, await precision((frames) => Math.max(frames, window)));
  assert.notEqual(found, await precision((frames) => frames));
});
