import assert from "node:assert/strict";
import { FfmpegReport } from "../media/video/ffmpeg_report.ts";

/** A report of these lines, of every second frame from 10 s on. */
function reportOf(...lines: string[]): FfmpegReport {
  const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
  return new FfmpegReport(new Blob([bytes]).stream(), { from: 10, every: 2 });
}

const config = (rate: string) =>
  `[Parsed_showinfo_2 @ 0x5] config in time_base: 1/1000, frame_rate: ${rate}`;
const frame = (n: number, pts: string, time: string) =>
  `[Parsed_showinfo_2 @ 0x5] n:   ${n} pts: ${pts} pts_time:${time} pos: 0 fmt:yuv420p sar:1/1`;

Deno.test("frames without timestamps follow each other at the video's rate", async () => {
  const report = reportOf(config("50/1"), frame(0, "NOPTS", "NOPTS"), frame(1, "NOPTS", "NOPTS"));
  assert.deepEqual([await report.time(0), await report.time(1)], [10, 10 + 2 / 50]);
  const unknown = reportOf(config("0/0"), frame(3, "NOPTS", "NOPTS"));
  assert.equal(await unknown.time(3), 10 + 3 * 2 / 25);
  assert.equal(await unknown.seconds, undefined);
});

Deno.test("timestamps are exact: in the time base, not rounded as they are printed", async () => {
  const report = reportOf(
    "  Duration: 01:00:02.50, start: 0.000000",
    config("25/1"),
    frame(0, "3600041", "3600.04"),
  );
  assert.equal(await report.seconds, 3602.5);
  assert.equal(await report.time(0), 3600.041);
  await report.done;
  assert.ok(Number.isNaN(await report.time(1)), "a frame that was never told");
});
