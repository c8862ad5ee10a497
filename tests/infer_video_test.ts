import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { openDevice } from "../engine/mod.ts";
import { loadClipAu } from "../model/clip_au/load_clip_au.ts";
import type { Analysis } from "../person/analyse.ts";
import { type InferOptions, inferVideo, type VideoWindow } from "../person/infer_video.ts";
import { Subject } from "../person/subject.ts";
import { rejection } from "./fakes.ts";
import { madeUpClipAuFolder } from "./made_up_models.ts";

type Source = Parameters<typeof inferVideo>[1];

Deno.test({
  name: "inferVideo() gives windows of files and of streams, in segments, until it is stopped",
  sanitizeResources: false,
  async fn(t) {
    await using folder = await madeUpClipAuFolder();
    using device = await openDevice();
    const before = device.pool.bytesUsed;
    {
      using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
      using person = await Subject.open(model, { faces: "whole frame" });
      const read = async (source: Source, options: InferOptions = {}) => {
        person.forget();
        const windows: VideoWindow[] = [];
        for await (const window of inferVideo(person, source, options)) windows.push(window);
        return windows;
      };
      const whole = await read(folder.video, { every: 2 });

      await t.step("a file", () => {
        assert.equal(whole.filter(({ chosen }) => chosen).length, 1);
        for (const { from, to, entropy, abstained } of whole) {
          assert(from >= 0 && to > from && to <= 2 && entropy > 0);
          assert.equal(abstained, undefined);
        }
      });
      await t.step("the same as a stream", async () => {
        const { readable } = await Deno.open(folder.video);
        assert.deepEqual(await read(readable, { every: 2 }), whole);
      });
      await t.step("a stream that is cut short in the middle of a read", async () => {
        const { readable } = await Deno.open(folder.video);
        for await (const window of inferVideo(person, readable, { every: 2, segment: 0.9 })) {
          assert(window.to < 1);
          break;
        }
      });
      await t.step("a stream that stalls, until it is stopped", async () => {
        let cancelled = false;
        const stalls = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
        const signal = AbortSignal.timeout(300);
        assert.equal((await rejection(read(stalls, { signal }))).name, "TimeoutError");
        assert(cancelled);
      });
      await t.step("segments, each adapted to and decided on by itself", async () => {
        const analyses: Analysis[] = [];
        const stages: string[] = [];
        const windows = await read(folder.video, {
          ...{ every: 2, segment: 1, leastProbability: 0.999 },
          onAnalysis: (analysis) => analyses.push(analysis),
          onProgress: ({ stage, done }) => stages.push(`${stage} ${done}`),
        });
        assert.deepEqual(analyses.map(({ frames }) => frames.length), [5, 5]);
        assert.equal(windows.filter(({ chosen }) => chosen).length, 2);
        assert(windows.every(({ abstained }) => abstained?.startsWith("too uncertain")));
        assert.deepEqual(stages.slice(0, 2), ["watching 1", "watching 2"]);
        assert.equal(stages.filter((stage) => stage === "adapting 10").length, 2);
      });
      await t.step("a signal", async () => {
        for (const stage of ["watching", "adapting"] as const) {
          const stop = new AbortController();
          const error = await rejection(read(folder.video, {
            signal: stop.signal,
            onProgress: (progress) => progress.stage === stage && stop.abort(),
          }));
          assert.equal(error.name, "AbortError");
        }
      });
      await t.step("no face: no window, and a reason", async () => {
        using other = await Subject.open(model);
        const reasons: unknown[] = [];
        const onAnalysis = ({ abstained }: Analysis) => reasons.push(abstained);
        const windows = await Array.fromAsync(
          inferVideo(other, folder.video, { every: 5, onAnalysis }),
        );
        assert.deepEqual([windows, reasons], [[], ["no face was seen"]]);
        assert.equal(
          (await rejection(other.save())).message,
          "Cannot save a subject: say where, with a path",
        );
      });
    }
    await device.settled(); // plans are given back a moment later
    assert.equal(device.pool.bytesUsed, before);
  },
});
