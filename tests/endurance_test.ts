import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Device, DeviceLostError, openDevice, OutOfMemoryError } from "../engine/mod.ts";
import type { TuningState, TuningStep } from "../tta/clip_autt/tuning.ts";
import { loadSubject, saveSubject } from "../tta/clip_autt/subject_file.ts";
import { rejection, runDeno } from "./fakes.ts";
import {
  adaptOnce,
  numbersOf,
  openSmall,
  smallPictures,
  smallSettings,
} from "./small_adaptation.ts";

/** A test of devices of its own. */
function deviceTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeResources: false, sanitizeOps: false, fn });
}

/** A first video with device and all, whose person's state is kept in a file. */
async function withFirstVideo(
  body: (state: string, wanted: { second: number[]; context: Float32Array }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "anna.safetensors");
    using device = await openDevice();
    using small = await openSmall(device, "subject");
    const features = await small.clip.images.encode(smallPictures(5));
    await small.autt.adapt(features);
    await saveSubject(path, small.autt.state);
    const second = numbersOf(await small.autt.adapt(features));
    await body(path, { second, context: small.autt.state.tuning.context });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Adapts to the second video on a device that is lost at a moment, and says how far it came. */
async function adaptUntilLost(state: string, lose: (device: Device, done: number) => void) {
  using device = await openDevice();
  using small = await openSmall(device, "subject");
  small.autt.restore(await loadSubject(state));
  const steps: TuningStep[] = [];
  let tuning: TuningState | undefined;
  const features = await small.clip.images.encode(smallPictures(5));
  lose(device, 0);
  const error = await rejection(small.autt.adapt(features, {
    onStep(step, done, now) {
      steps.push(step);
      tuning = now;
      lose(device, done);
    },
  }));
  assert(error instanceof DeviceLostError, `${error.name}: ${error.message}`);
  assert.match(error.message, /open a new one$/);
  return tuning && { steps, tuning };
}

deviceTest(
  "a device that is lost between any two steps or during a read costs no answer: adapting goes on " +
    "with a new one to the same bits",
  async () => {
    await withFirstVideo(async (state, wanted) => {
      const moments = Array.from({ length: smallSettings.steps }, (_, i) => i);
      for (const moment of [...moments, "during a read"] as const) {
        const progress = await adaptUntilLost(state, (device, done) => {
          if (done === moment) device.gpu.destroy();
          // A little later the next step is being read.
          if (moment === "during a read" && done === 1) setTimeout(() => device.gpu.destroy(), 3);
        });
        // A step that was read back before the loss may still be reported after it.
        const steps = progress?.steps.length ?? 0;
        if (typeof moment === "number") assert(steps >= moment, `${steps} of ${moment}`);
        if (moment === 0) assert.equal(steps, 0);
        using device = await openDevice();
        using small = await openSmall(device, "subject");
        const features = await small.clip.images.encode(smallPictures(5));
        for (const resume of [progress, undefined]) {
          small.autt.restore(await loadSubject(state));
          const done: number[] = [];
          const onStep = (_: TuningStep, count: number) => done.push(count);
          const adaptation = await small.autt.adapt(features, { resume, onStep });
          assert.deepEqual(numbersOf(adaptation), wanted.second, `${moment}`);
          assert.deepEqual(small.autt.state.tuning.context, wanted.context);
          const first = resume?.steps.length ?? 0;
          assert.deepEqual(done, moments.map((i) => i + 1).slice(first));
        }
      }
    });
  },
);

deviceTest(
  "under every cap of memory that is too low an adaptation says what it asked for and what to do",
  async () => {
    let cap = 2 ** 12, refused = 0;
    while (true) {
      using device = await openDevice({ memoryCap: cap });
      const end = await adaptOnce(device).then(numbersOf, (error: Error) => error);
      assert.equal(device.pool.bytesUsed, 0);
      assert(device.pool.peakBytes <= cap);
      if (!(end instanceof Error)) break;
      refused++;
      assert(end instanceof OutOfMemoryError, `${end.name}: ${end.message}`);
      assert(end.asked > 0);
      assert.match(
        end.message,
        /^Cannot allocate [\d.]+ [KM]iB for .+: [\d.]+ [KM]iB of the cap of [\d.]+ [KM]iB are in use: raise memoryCap/,
      );
      cap *= 2;
    }
    assert(refused >= 5, `${refused}`);
  },
);

deviceTest(
  "1,000 inferences and 10,000 reads hold memory flat, the device's and the process's",
  async () => {
    const { code, stdout, stderr } = await runDeno(
      [
        "run",
        "--no-check",
        "--v8-flags=--expose-gc",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "tests/thousand_inferences.ts",
      ],
    );
    assert.equal(code, 0, stderr);
    const { device, grown, grownByReads } = JSON.parse(stdout);
    assert.equal(device.after, device.before);
    assert(grown < 64 * 2 ** 20, `the process grew by ${grown} bytes`);
    // A message channel for each read would take 80 MiB.
    assert(grownByReads < 48 * 2 ** 20, `the process grew by ${grownByReads} bytes in reads`);
  },
);
