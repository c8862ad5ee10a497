import assert from "node:assert/strict";
import { join } from "node:path";
import { openVideo, type VideoOptions } from "../media/video/open_video.ts";
import type { Frame } from "../media/video/frame.ts";
import { ppmFrames } from "../media/video/ppm_frames.ts";
import { VideoError } from "../media/video/video_error.ts";
import { rejection } from "./fakes.ts";

async function ffmpeg(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-y", "-loglevel", "error", ...args],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

/** When ffprobe says that frames are shown. */
async function probedTimes(path: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ffprobe", {
    args: [
      ...["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time"],
      ...["-of", "csv=p=0", path],
    ],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").map((line) => line.replace(",", ""))
    .filter((line) => line !== "").map(Number);
}

/** Everything about the frames but the pixels. */
async function readAll(path: string, options: VideoOptions = {}): Promise<Omit<Frame, "data">[]> {
  const frames: Omit<Frame, "data">[] = [];
  for await (const { data, ...frame } of openVideo(path, options)) {
    assert.equal(data.length, 3 * frame.width * frame.height);
    frames.push(frame);
  }
  return frames;
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-video-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25:duration=1.2"];

const kinds: Readonly<Record<string, { args: string[]; size?: readonly [number, number] }>> = {
  "h264.mp4": { args: ["-c:v", "libx264", "-pix_fmt", "yuv420p"] },
  "hevc.mkv": { args: ["-c:v", "libx265", "-x265-params", "log-level=error"] },
  "vp9.webm": { args: ["-c:v", "libvpx-vp9", "-deadline", "realtime"] },
  "av1.mp4": { args: ["-c:v", "libaom-av1", "-cpu-used", "8", "-t", "0.4"] },
  "mjpeg.avi": { args: ["-c:v", "mjpeg"] },
  "odd.mkv": { args: ["-c:v", "ffv1", "-vf", "crop=131:77:0:0:exact=1"], size: [131, 77] },
  // Frames leave gaps, as those of phones do: 1 of 3 is missing.
  "variable.mp4": {
    args: ["-c:v", "libx264", "-vf", "select=mod(n\\,3)", "-fps_mode", "vfr"],
  },
};

Deno.test("frames come at the times and with the sizes that ffprobe tells", async (t) => {
  await withFolder(async (folder) => {
    for (const [name, { args, size = [160, 96] }] of Object.entries(kinds)) {
      await t.step(name, async () => {
        const path = join(folder, name);
        await ffmpeg(...source, ...args, path);
        const frames = await readAll(path), times = await probedTimes(path);
        assert.ok(frames.length >= 10, `${frames.length} frames`);
        assert.equal(frames.length, times.length);
        for (const [i, { seconds, width, height, index }] of frames.entries()) {
          assert.ok(Math.abs(seconds - (times[i] ?? NaN)) < 1e-3, `${seconds}: ${times[i]}`);
          assert.deepEqual([width, height, index], [...size, i]);
        }
      });
    }
    await t.step("a turned one is turned back", async () => {
      const [plain, turned] = [join(folder, "h264.mp4"), join(folder, "turned.mp4")];
      await ffmpeg("-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned);
      const first = async (path: string) => {
        for await (const frame of openVideo(path)) return frame;
        throw new Error("no frame");
      };
      const a = await first(plain), b = await first(turned);
      assert.deepEqual([b.width, b.height], [96, 160]);
      // The pixel at the upper left comes to the upper right, or to the lower left.
      const pixel = (
        { data, width }: typeof a,
        x: number,
        y: number,
      ) => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
      const corners = [pixel(b, 95, 0), pixel(b, 0, 159)].map((found) => `${found}`);
      assert.ok(corners.includes(`${pixel(a, 0, 0)}`), `${corners}: ${pixel(a, 0, 0)}`);
    });
    await t.step("a part of it, and every so many frames", async () => {
      const path = join(folder, "h264.mp4");
      const part = await readAll(path, { from: 0.4, to: 0.8 });
      assert.deepEqual(
        part.map(({ seconds }) => seconds.toFixed(2)),
        Array.from({ length: 10 }, (_, i) => (0.4 + i / 25).toFixed(2)),
      );
      const few = await readAll(path, { every: 7 });
      assert.deepEqual(
        few.map(({ seconds, index }) => [index, seconds.toFixed(2)]),
        ["0.00", "0.28", "0.56", "0.84", "1.12"].map((seconds, i) => [i, seconds]),
      );
      await using video = openVideo(path);
      assert.equal((await video.seconds)?.toFixed(1), "1.2");
    });
    await t.step("who stops early, stops ffmpeg", async () => {
      const path = join(folder, "long.mkv");
      await ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x480:rate=25:duration=60",
        "-c:v",
        "mjpeg",
        path,
      );
      let count = 0;
      for await (const _ of openVideo(path)) if (++count === 3) break;
      const controller = new AbortController();
      const stopped = rejection((async () => {
        for await (const _ of openVideo(path, { signal: controller.signal })) {
          if (++count === 6) controller.abort(new Error("enough"));
        }
      })());
      assert.equal((await stopped).message, "enough");
      assert.ok(count <= 7, `${count}`);
    });
  });
});

Deno.test("times are as exact as the file's, however late they are", async () => {
  await withFolder(async (folder) => {
    for (const offset of [12_345, 1_700_000_000]) {
      const path = join(folder, `${offset}.mkv`);
      await ffmpeg(...source, "-c:v", "ffv1", "-output_ts_offset", `${offset}`, path);
      const times = (await readAll(path)).map(({ seconds }) => seconds);
      assert.deepEqual(times, await probedTimes(path));
      assert.deepEqual([times.length, new Set(times).size, times[0]], [30, 30, offset]);
    }
  });
});

Deno.test("a recording without a length, as browsers make them, is read to its end", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "recorded.webm");
    // Into a pipe, where it can't go back to write the length.
    const { stdout } = await new Deno.Command("ffmpeg", {
      args: ["-nostdin", "-loglevel", "error", ...source, "-c:v", "ffv1", "-f", "matroska", "-"],
    }).output();
    await Deno.writeFile(path, stdout);
    await using video = openVideo(path, { signal: AbortSignal.timeout(60_000) });
    // Asked for before any frame is taken: ffmpeg itself ends only when all are.
    assert.equal(await video.seconds, undefined);
    assert.equal((await Array.fromAsync(video)).length, 30);
  });
});

Deno.test("what is no video is refused in a sentence that says whose fault it is", async (t) => {
  await withFolder(async (folder) => {
    const refuse = async (
      name: string,
      make: (path: string) => Promise<unknown>,
      wanted: RegExp,
      options: VideoOptions = {},
      blame = "file",
    ) => {
      await t.step(name, async () => {
        const path = join(folder, `${name.replaceAll(" ", "-")}.mp4`);
        await make(path);
        const error = await rejection(readAll(path, options));
        assert.ok(error instanceof VideoError, `${error}`);
        assert.match(error.message, wanted);
        assert.equal(error.blame, blame);
        assert.equal(error.message.split("\n").length, 1);
      });
    };
    const h264 = (path: string) => ffmpeg(...source, "-c:v", "libx264", path);
    await refuse(
      "missing",
      () => Promise.resolve(),
      /Cannot decode ".*missing\.mp4": .*[Nn]o such file/,
    );
    await refuse(
      "empty",
      (path) => Deno.writeTextFile(path, ""),
      /it is no video, or a broken one/,
    );
    await refuse("text", (path) => Deno.writeTextFile(path, "not a video\n"), /it is no video/);
    await refuse("a folder", (path) => Deno.mkdir(path), /Cannot decode ".*a-folder\.mp4": /);
    await refuse(
      "only sound",
      (path) => ffmpeg("-f", "lavfi", "-i", "sine=duration=0.3", path),
      /there is no picture in it, only sound or text/,
    );
    await refuse("cut off", async (path) => {
      await h264(path);
      await Deno.truncate(path, 900);
    }, /it is no video, or a broken one/);
    await refuse("nothing in that part", h264, /there is no frame from 50 s to its end/, {
      from: 50,
    });
    await refuse("no ffmpeg", h264, /there is no "no-such-program": install ffmpeg/, {
      ffmpeg: "no-such-program",
    }, "decoder");
    await t.step("a name that looks like an option or an address is a file's", async () => {
      const error = await rejection(readAll("http://127.0.0.1:1/-i.mp4"));
      assert.match(error.message, /there is no such file/);
    });
    await t.step("options that make no sense", async () => {
      for (
        const [options, wanted] of [
          [{ from: -1 }, /can't begin at -1 s/],
          [{ from: 2, to: 1 }, /can't end at 1 s, where it begins at 2 s/],
          [{ every: 0 }, /every 0 frames/],
        ] as const
      ) {
        assert.match((await rejection(readAll("x", options))).message, wanted);
      }
    });
  });
});

Deno.test("pictures of a stream are found however it is cut", async () => {
  const picture = (width: number, height: number, start: number) => {
    const head = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
    const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => start + i);
    return [...head, ...data];
  };
  const bytes = Uint8Array.from([...picture(2, 3, 0), ...picture(1, 1, 7), ...picture(5, 2, 40)]);
  for (const size of [1, 2, 7, 13, 1000]) {
    const cut = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield await bytes.subarray(at, at + size);
    };
    const found = await Array.fromAsync(ppmFrames(cut()));
    assert.deepEqual(
      found.map(({ width, height, data }) => [width, height, data.length, data[0]]),
      [[2, 3, 18, 0], [1, 1, 3, 7], [5, 2, 30, 40]],
    );
  }
  const refused = async (...parts: Uint8Array[]) =>
    (await rejection(Array.fromAsync(ppmFrames((async function* () {
      for (const part of parts) yield await part;
    })())))).message;
  const text = (value: string) => new TextEncoder().encode(value);
  assert.match(await refused(bytes.subarray(0, 20)), /ends within it/);
  assert.match(await refused(text("P6\n2 ")), /ends within its header/);
  assert.match(await refused(text("P5 2 2 255 ".padEnd(80))), /its header is no PPM's/);
  assert.match(await refused(text("P6 2 2 65535 ")), /2 x 2 with 65535 as its brightest/);
  assert.match(await refused(text("P6 99999999 99999999 255 ")), /at most 268435456 pixels/);
});

Deno.test("pixels that are not square are made so", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/wide.mkv`;
    const { code } = await new Deno.Command("ffmpeg", {
      args: [
        ...["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=72x58:r=5:d=0.4"],
        ...["-vf", "setsar=64/45", "-c:v", "ffv1", path],
      ],
    }).output();
    assert.equal(code, 0);
    const frames = await Array.fromAsync(openVideo(path));
    assert.deepEqual(frames.map(({ width, height }) => [width, height]), [[102, 58], [102, 58]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
