import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Watcher } from "../media/features/watcher.ts";
import { type NewestFrames, newestFrames } from "../media/video/newest_frames.ts";
import type { Frame, OpenedVideo } from "../media/video/frame.ts";
import type { Observer } from "../person/observe.ts";
import { readUnits } from "../person/unit_readings.ts";
import { VideoReader } from "../person/video_reader.ts";
import { watchLive } from "../person/watch_live.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

const sample = fileURLToPath(new URL("../demo/sample/neutral.mp4", import.meta.url));

/** A live video of frames that come when they are called for. */
function madeUpLive(count: number) {
  const ready = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const video: OpenedVideo = {
    seconds: Promise.resolve(undefined),
    async *[Symbol.asyncIterator]() {
      for (const [index, { promise }] of ready.entries()) {
        await promise;
        yield { index, seconds: index / 10 } as Frame;
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { video, come: (index: number) => ready[index]?.resolve() };
}

const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

Deno.test("who is slower than a live video gets the newest frame, and the rest are counted", async () => {
  const { video, come } = madeUpLive(6);
  await using live = newestFrames(video);
  const frames = live[Symbol.asyncIterator]();
  const first = frames.next();
  come(0);
  assert.equal((await first).value.index, 0);
  for (const index of [1, 2, 3]) come(index);
  await turns();
  const { value: newest } = await frames.next();
  assert.deepEqual([newest.index, live.passedOver], [3, 2]);
  assert.ok(live.cameAt(newest) <= performance.now());
  come(4);
  come(5);
  await turns();
  assert.equal((await frames.next()).value.index, 5);
  assert.deepEqual([(await frames.next()).done, live.passedOver], [true, 3]);
});

Deno.test("a live video that breaks off says so after its last frame", async () => {
  const video: OpenedVideo = {
    seconds: Promise.resolve(undefined),
    async *[Symbol.asyncIterator]() {
      yield { index: 0, seconds: 0 } as Frame;
      throw new TypeError("broken");
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const { index } of newestFrames(video)) seen.push(index);
  }, /broken/);
  assert.deepEqual(seen, [0]);
});

/** Watches nothing but times, and notes of how many frames it is told at once. */
function madeUpWatching(times: readonly number[]) {
  const told: number[] = [];
  const watcher = {
    async *watch() {
      for (const [index, seconds] of times.entries()) yield { index, seconds, gap: "no face" };
    },
  } as unknown as Watcher;
  const observer = {
    prompts: [],
    observe(frames: readonly unknown[]) {
      told.push(frames.length);
      const units = new Float32Array(0);
      return { frames, seen: [], features: units, units, readings: readUnits(units, []) };
    },
  } as unknown as Observer;
  return { told, reader: new VideoReader(watcher, observer, undefined, new DisposableStack()) };
}

Deno.test("a live video whose times begin anew goes on, and what was before is forgotten", async () => {
  const times = [100, 101, 102, 0, 1, 2], live = { cameAt: () => 0, passedOver: 0 };
  const { reader, told } = madeUpWatching(times);
  const reports = await Array.fromAsync(watchLive(reader, live as unknown as NewestFrames));
  assert.deepEqual(reports.map(({ seconds }) => seconds), times);
  assert.deepEqual(told, [1, 2, 3, 1, 2, 3]);
});

Deno.test("segments of a stream end where its times begin anew", async () => {
  const { reader, told } = madeUpWatching([100, 101, 102, 0, 1, 2, 3]);
  await Array.fromAsync(reader.read(() => assert.fail(), { segment: 3 }));
  assert.deepEqual(told, [3, 3, 1]);
});

const watch = (...args: string[]) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf("watch"), "--model", "demo", ...args]);

Deno.test("watch tells a face every second while a video plays, for people and for programs", async () => {
  const [lines, json] = await Promise.all([
    watch(sample),
    watch(sample, "--json", "--interval", "0.5"),
  ]);
  assert.equal(lines.code, 0, lines.stderr);
  assert.match(lines.stderr, /watching .*neutral\.mp4; Ctrl-C ends it/);
  const told = lines.stdout.trim().split("\n");
  assert.ok(told.length >= 2 && told.length <= 5, lines.stdout);
  for (const line of told) assert.match(line, /^ *0:0\d\.\d .*\(latency \d+\.\d s, \d+ frames\)$/);
  const reports = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(reports.length >= 2, json.stdout);
  for (const [i, report] of reports.entries()) {
    assert.ok(report.seconds >= (i === 0 ? 0 : reports[i - 1].seconds + 0.5));
    assert.ok(report.latency >= 0 && report.frames.seen >= 1 && report.frames.passed_over >= 0);
    const shares = Object.values<number>(report.probabilities ?? { neutral: 1 });
    assert.ok(Math.abs(shares.reduce((sum, x) => sum + x, 0) - 1) < 1e-5);
  }
});

Deno.test("watch reads a stream on standard input", async () => {
  const process = new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", ...wordsOf("watch"), "--model", "demo", "--json", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const file = await Deno.open(sample);
  const [{ code, stdout, stderr }] = await Promise.all([
    process.output(),
    file.readable.pipeTo(process.stdin).catch(() => {}),
  ]);
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  assert.equal(JSON.parse(decoder.decode(stdout).split("\n")[0] ?? "").gap, null);
});

Deno.test("watch says what it can't watch", async () => {
  for (
    const [code, wanted, ...args] of [
      [4, /Cannot watch "none\.mp4": there is no such file/, "none.mp4"],
      [2, /Cannot watch several videos at once/, "a.mp4", "b.mp4"],
      [2, /Cannot use --interval 0: wanted/, sample, "--interval", "0"],
      [2, /nobody is enrolled by that name/, sample, "--subject", "nobody at all"],
    ] as const
  ) {
    const result = await watch(...args);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, wanted);
  }
});
