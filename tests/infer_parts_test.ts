import assert from "node:assert/strict";
import { encodeOverlay } from "../app/infer/overlay.ts";
import { showProgress } from "../app/infer/show_progress.ts";
import { ThumbnailKeeper } from "../app/infer/report/thumbnails.ts";
import { readUnits } from "../person/unit_readings.ts";
import type { SeenFrame } from "../media/features/seen_frame.ts";
import type { WatchTools } from "../media/features/watch_faces.ts";
import { watchWhole } from "../media/features/watch_video.ts";

Deno.test("an overlay has each frame's box and words at its time, and no commands in them", () => {
  const frame = (index: number, seconds: number, face: boolean): SeenFrame => ({
    index,
    seconds,
    width: 100,
    height: 80,
    face: face
      ? { score: 1, left: 10.4, top: 20, width: 30, height: 31, track: 1, person: 1 }
      : undefined,
    gap: face ? undefined : "no face",
    features: face ? new Float32Array(1) : undefined,
  });
  const frames = [frame(0, 59.99, true), frame(1, 60.5, false), frame(2, 3725.25, true)];
  const seen = frames.filter(({ gap }) => gap === undefined);
  const units = Float32Array.of(1, 2, 3, 4);
  const window = { first: 0, last: 1, before: [0.5, 0.5], after: [0.2, 0.8] };
  const subtitles = encodeOverlay(
    {
      frames,
      seen,
      units,
      readings: readUnits(units, ["one_up", "two"]),
      events: { events: [], doubt: undefined },
      windows: [{ ...window, entropyBefore: 0.6, entropyAfter: 0.5 }],
      adaptation: undefined,
      abstained: undefined,
    },
    { classes: ["a", "{\\b}"], auPrompts: ["one_up", "two"] },
    frames[0] as SeenFrame,
  );
  const events = subtitles.split("\n").filter((line) => line.startsWith("Dialogue:"));
  assert.deepEqual(events.map((line) => line.split(",").slice(0, 4).join(",")), [
    "Dialogue: 1,0:00:59.99,0:01:00.50,Text",
    "Dialogue: 0,0:00:59.99,0:01:00.50,Box",
    "Dialogue: 1,0:01:00.50,1:02:05.25,Text",
    "Dialogue: 1,1:02:05.25,1:02:05.35,Text",
    "Dialogue: 0,1:02:05.25,1:02:05.35,Box",
  ]);
  assert.ok(events[0]?.endsWith(",,  b  80.0 %\\Ntwo 0.50\\None up 0.00"), events[0]);
  assert.ok(
    events[1]?.endsWith(",,{\\an7\\pos(10,20)\\p1}m 0 0 l 30 0 30 31 0 31{\\p0}"),
    events[1],
  );
  assert.ok(events[2]?.endsWith(",,no face"), events[2]);
});

Deno.test("thumbnails lie evenly over a video, and never become many", () => {
  const square = new Uint8Array(16);
  for (const count of [0, 1, 24, 25, 26, 49, 50, 1000]) {
    const keeper = new ThumbnailKeeper();
    for (let frame = 0; frame < count; frame++) keeper.offer({ frame, track: 1, square });
    const kept = keeper.pictures.map(({ frame }) => frame), [a = 0, b = 1] = kept;
    assert.ok(
      kept.length <= 24 && kept.length >= Math.min(count, 12),
      `${kept.length} of ${count}`,
    );
    assert.ok(kept.every((frame, i) => frame === i * (b - a)), `${kept}`);
  }
});

Deno.test("the time left is told by what came after the first batch, which comes all at once", () => {
  const lines: string[] = [];
  let now = 0;
  const show = showProgress(10, 20, {
    terminal: true,
    now: () => now,
    show: (line) => lines.push(line),
  });
  const batch = (first: number) => {
    for (let frame = first; frame < first + 16; frame++) {
      show({ stage: "watching", done: frame + 1, seconds: 10 + frame / 10, end: 42 });
    }
  };
  now = 60_000; // loading, compiling, and the first batch
  batch(0);
  now = 64_000;
  batch(16);
  now = 66_000;
  batch(32);
  now = 70_000;
  show({ stage: "adapting", done: 1, seconds: 42, end: undefined });
  now = 70_500;
  show({ stage: "adapting", done: 2, seconds: 42, end: undefined });
  assert.deepEqual(lines, [
    "0.1 of 32 seconds of video seen",
    "1.6 of 32 seconds of video seen, 2 min left",
    "3.2 of 32 seconds of video seen, 56 s left",
    "1 of 20 steps of adapting",
    "2 of 20 steps of adapting, 9 s left",
  ]);
});

Deno.test("a software adapter takes few frames at once, so that Ctrl-C is heard between them", async () => {
  for (const [software, wanted] of [[true, [16, 16, 8]], [false, [40]]] as const) {
    const batches: number[] = [];
    const tools = {
      clip: {
        device: { adapter: { software } },
        config: { embedding: 1 },
        images: { batch: 128, encode: () => Promise.resolve(new Float32Array(0)) },
      },
      detector: {
        detect(pictures: readonly unknown[]) {
          batches.push(pictures.length);
          return Promise.resolve(pictures.map(() => []));
        },
      },
    } as unknown as WatchTools;
    const picture = { width: 1, height: 1, data: new Uint8Array(3) };
    const frames = Array.from({ length: 40 }, (_, index) => ({
      ...picture,
      index,
      seconds: index / 25,
    }));
    const people = await watchWhole(ReadableStream.from(frames), tools, "main person");
    const seen = people.framesOf();
    assert.deepEqual([seen.length, batches], [40, wanted]);
    assert.ok(seen.every(({ gap }) => gap === "no face"));
  }
});
