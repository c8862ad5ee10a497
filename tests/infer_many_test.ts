import assert from "node:assert/strict";
import { join } from "node:path";
import { listVideos } from "../app/infer/find_videos.ts";
import { ffmpeg, head, infer, withModel } from "./infer_folder.ts";

Deno.test("infer reads a folder, goes on past a bad file, resumes, and shares out", async (t) => {
  await withModel(async (folder) => {
    await Deno.mkdir(join(folder, "in/deeper"), { recursive: true });
    for (const name of ["a.mkv", "deeper/b.MKV", "c.mkv"]) {
      await Deno.copyFile(join(folder, "v.mkv"), join(folder, "in", name));
    }
    await Deno.writeTextFile(join(folder, "in/bad.mp4"), "no video");
    await Deno.writeTextFile(join(folder, "in/notes.txt"), "no video either");
    const common = [...head, "--no-face-crop", "--no-adapt", "--least", "0.1", "--to", "0.8"];
    const written = (out: string) =>
      [...Deno.readDirSync(join(folder, out))].map(({ name }) => name).sort();
    await t.step("all of it", async () => {
      const { code, stdout, stderr } = await infer(
        folder,
        ...["in", ...common, "--out", "out", "--write", "csv"],
      );
      assert.equal(code, 4, stderr);
      assert.match(stderr, /error: Cannot decode ".*bad\.mp4": it is no video, or a broken one/);
      assert.deepEqual(stdout.split("\n").filter((line) => !line.startsWith(" ")), [
        "a.mkv: 10 frames, a face in each",
        "c.mkv: 10 frames, a face in each",
        "deeper/b.MKV: 10 frames, a face in each",
        "",
      ]);
      assert.deepEqual(written("out"), [
        "a.mkv.csv",
        "a.mkv.json",
        "c.mkv.csv",
        "c.mkv.json",
        "deeper",
      ]);
      assert.deepEqual(written("out/deeper"), ["b.MKV.csv", "b.MKV.json"]);
    });
    await t.step("what is left", async () => {
      await Deno.remove(join(folder, "out/c.mkv.json"));
      await Deno.remove(join(folder, "in/bad.mp4"));
      const { code, stdout, stderr } = await infer(
        folder,
        ...["in", ...common, "--out", "out", "--resume"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /2 videos are done already/);
      assert.match(stdout, /^c\.mkv: 10 frames/);
      const again = await infer(folder, ...["in", ...common, "--out", "out", "--resume"]);
      assert.deepEqual([again.code, again.stdout], [0, ""]);
    });
    await t.step("in parts", async () => {
      const parts: string[] = [];
      for (const shard of ["1/2", "2/2"]) {
        const { code, stdout } = await infer(
          folder,
          ...["in", ...common, "--out", `part${shard[0]}`, "--shard", shard],
        );
        assert.equal(code, 0);
        parts.push(...stdout.split("\n").filter((line) => /^\S/.test(line)));
      }
      assert.equal(parts.length, 3);
      assert.equal(new Set(parts).size, 3);
    });
    await t.step("and refuses what makes no sense", async () => {
      for (
        const [wanted, ...args] of [
          ["Cannot read 2 videos at once: say where to with --out", "v.mkv", "in/a.mkv"],
          [
            "Cannot write --json of many videos: use --out and --write",
            "in",
            "--out",
            "o",
            "--json",
            "x",
          ],
          ["Cannot use --shard 3/2: wanted one such as 2/5", "in", "--out", "o", "--shard", "3/2"],
          [
            'Cannot write "pdf": wanted any of json, csv, report, video',
            "in",
            "--out",
            "o",
            "--write",
            "pdf",
          ],
          ['Cannot write two videos named "a.mkv" to one folder', "in", "in/a.mkv", "--out", "o"],
          ["Cannot use --resume or --shard with a single video", "v.mkv", "--resume"],
        ] as const
      ) {
        const { code, stderr } = await infer(folder, ...args, ...head);
        assert.equal(code, 2, stderr);
        assert.ok(stderr.includes(wanted), stderr);
      }
      const { code, stderr } = await infer(folder, "out", "--out", "o", ...head);
      assert.equal(code, 1);
      assert.match(stderr, /Cannot find a video in out/);
    });
  });
});

Deno.test("infer takes videos of any size, and one that ends at once", async (t) => {
  await withModel(async (folder) => {
    const source = (size: string, seconds: string) => [
      ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25:duration=${seconds}`],
      ...["-c:v", "mjpeg", "-q:v", "20"],
    ];
    await t.step("odd sides, in every output", async () => {
      await ffmpeg(...source("132x78", "1"), "-vf", "crop=131:77:exact=1", join(folder, "odd.mkv"));
      const { code, stderr } = await infer(
        folder,
        ...["odd.mkv", ...head, "--no-face-crop", "--no-adapt", "--least", "0.1"],
        ...["--json", "odd.json", "--video", "odd.mp4", "--report", "odd.html"],
      );
      assert.equal(code, 0, stderr);
      assert.ok((await Deno.stat(join(folder, "odd.mp4"))).size > 1000);
    });
    await t.step("a folder of pictures, in the order in which people count", async () => {
      await Deno.mkdir(join(folder, "frames"));
      await ffmpeg("-i", join(folder, "v.mkv"), join(folder, "frames/f-%d.png"));
      const { code, stderr } = await infer(
        folder,
        ...[
          "frames",
          ...head,
          "--no-face-crop",
          "--no-adapt",
          "--least",
          "0.1",
          "--json",
          "p.json",
        ],
      );
      assert.equal(code, 0, stderr);
      const video = await infer(
        folder,
        ...["v.mkv", ...head, "--no-face-crop", "--no-adapt", "--least", "0.1", "--json", "v.json"],
      );
      assert.equal(video.code, 0, video.stderr);
      const read = async (name: string) => {
        const { video: _, ...others } = JSON.parse(await Deno.readTextFile(join(folder, name)));
        return others;
      };
      // ffmpeg makes the same RGB of a frame either way.
      assert.deepEqual(await read("p.json"), await read("v.json"));
      const slow = await infer(folder, ...[
        "frames",
        ...head,
        "--rate",
        "5",
        "--from",
        "8",
        "--no-face-crop",
      ]);
      assert.match(slow.stdout, /^frames: 5 frames/);
      const none = await infer(folder, ...["frames", ...head, "--from", "800"]);
      assert.equal(none.code, 4, none.stderr);
      await Deno.mkdir(join(folder, "empty"));
      const empty = await infer(folder, "empty", ...head);
      assert.equal(empty.code, 4);
      assert.match(empty.stderr, /Cannot read ".*empty" as frames: there is no picture in it/);
    });
    await t.step("8K", async () => {
      await ffmpeg(...source("7680x4320", "0.2"), join(folder, "8k.mkv"));
      const { code, stdout, stderr } = await infer(folder, ...["8k.mkv", ...head, "--every", "1"]);
      assert.equal(code, 3, stderr);
      assert.match(
        stdout,
        /5 frames, 5 of them without the person's face\n {2}no answer: no face was seen/,
      );
    });
    await t.step("one frame", async () => {
      await ffmpeg(...source("64x48", "0.04"), join(folder, "one.mkv"));
      const { code, stdout } = await infer(folder, ...["one.mkv", ...head, "--no-face-crop"]);
      assert.equal(code, 3);
      assert.match(stdout, /no answer: too short: 1 frames with a face/);
    });
  });
});

Deno.test("links to videos and to folders are followed, and a link in a circle is left out", async () => {
  await withModel(async (folder) => {
    await Deno.mkdir(join(folder, "in"));
    await Deno.mkdir(join(folder, "elsewhere"));
    await Deno.copyFile(join(folder, "v.mkv"), join(folder, "elsewhere/b.mkv"));
    await Deno.symlink(join(folder, "v.mkv"), join(folder, "in/a.mkv"));
    await Deno.symlink(join(folder, "elsewhere"), join(folder, "in/more"));
    await Deno.symlink(join(folder, "in"), join(folder, "elsewhere/back"));
    await Deno.symlink(join(folder, "nowhere"), join(folder, "in/broken.mkv"));
    const found = await listVideos([join(folder, "in")]);
    assert.deepEqual(found.map(({ name }) => name), ["a.mkv", "more/b.mkv"]);
  });
});
