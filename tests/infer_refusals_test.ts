import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "./fakes.ts";
import { ffmpeg, head, infer, made, withModel } from "./infer_folder.ts";

Deno.test("infer ends soon on Ctrl-C and leaves nothing, and tells of a decoder that dies", async (t) => {
  await withModel(async (folder) => {
    await ffmpeg(
      ...["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=25:duration=120", "-c:v", "mjpeg"],
      join(folder, "long.mkv"),
    );
    const before = made(folder);
    await t.step("Ctrl-C", async () => {
      const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run", "--allow-ffi"];
      const process = new Deno.Command("deno", {
        args: [
          ...["run", "--quiet", ...allow, "main.ts", "infer", "long.mkv", ...head, "--model", "."],
          ...["--every", "1", "--json", "o.json", "--csv", "o.csv", "--video", "o.mp4"],
        ],
        env: { NO_COLOR: "1", INIT_CWD: folder },
        cwd: new URL("..", import.meta.url),
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const said = new Response(process.stderr).text();
      await new Promise((resolve) => setTimeout(resolve, 4000));
      process.kill("SIGINT");
      const { code } = await process.status;
      assert.equal(code, 130, await said);
      assert.match(await said, /stopped: nothing was written\n$/);
      assert.deepEqual(made(folder), before);
    });
    await t.step("a decoder that is killed", async () => {
      const fake = join(folder, "fake");
      await Deno.writeTextFile(fake, "#!/bin/sh\nprintf 'P6\\n4 4\\n255\\n'\nkill -9 $$\n", {
        mode: 0o755,
      });
      const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
      const { code, stderr } = await runDeno(
        ["run", "--quiet", ...allow, "main.ts", "infer", "v.mkv", ...head, "--model", "."],
        { INIT_CWD: folder, AUTT_FFMPEG: fake },
      );
      assert.equal(code, 5, stderr);
      assert.match(
        stderr,
        /error: Cannot decode ".*v\.mkv" to its end: ffmpeg was ended by SIGKILL\n$/,
      );
      const none = await runDeno(
        ["run", "--quiet", ...allow, "main.ts", "infer", "v.mkv", ...head, "--model", "."],
        { INIT_CWD: folder, AUTT_FFMPEG: join(folder, "nothing") },
      );
      assert.equal(none.code, 5, none.stderr);
      assert.match(none.stderr, /there is no ".*nothing": install ffmpeg/);
    });
  });
});

Deno.test("infer refuses what it can't read, each with its sentence and exit code", async (t) => {
  await withModel(async (folder) => {
    const refuse = async (name: string, code: number, wanted: RegExp, ...args: string[]) => {
      await t.step(name, async () => {
        const result = await infer(folder, ...args);
        assert.equal(result.code, code, result.stderr);
        const said = result.stderr.trim().split("\n").filter((line) =>
          !line.startsWith("adapter:")
        );
        assert.equal(said.length, 1, result.stderr);
        assert.match(said[0] ?? "", wanted);
        assert.equal(result.stdout, "");
        assert.deepEqual(made(folder), made(folder).filter((made) => made.startsWith("bad")));
      });
    };
    await Deno.writeTextFile(join(folder, "bad-text.mp4"), "no video\n");
    await Deno.writeFile(join(folder, "bad-empty.mp4"), new Uint8Array(0));
    const whole = await Deno.readFile(join(folder, "v.mkv"));
    await Deno.writeFile(join(folder, "bad-cut.mkv"), whole.subarray(0, 300));
    const to = ["--json", "o.json", "--csv", "o.csv"];
    await refuse("no video named", 2, /Cannot read 0 videos/, ...head);
    await refuse(
      "no head",
      2,
      /Cannot decide without a head: train one/,
      "v.mkv",
      "--method",
      "paper",
    );
    await refuse(
      "a missing head",
      1,
      /^error: Cannot open ".*no\.pth": no such file/m,
      "v.mkv",
      "--head",
      "no.pth",
    );
    await refuse(
      "no such method",
      2,
      /by "best": the methods are zero-shot, debiased, tpt, .*, paper, official, subject/,
      "v.mkv",
      ...head,
      "--method",
      "best",
    );
    await refuse(
      "a number that is none",
      2,
      /--every 0: wanted a whole number from 1 on/,
      "v.mkv",
      ...head,
      "--every",
      "0",
    );
    await refuse(
      "a folder that is not there",
      1,
      /Cannot write "no\/o\.json"/,
      "v.mkv",
      ...head,
      "--json",
      "no/o.json",
    );
    await refuse(
      "a missing video",
      4,
      /Cannot decode ".*none\.mp4": there is no such file/,
      "none.mp4",
      ...head,
      ...to,
    );
    await refuse(
      "text named .mp4",
      4,
      /it is no video, or a broken one/,
      "bad-text.mp4",
      ...head,
      ...to,
    );
    await refuse(
      "an empty file",
      4,
      /it is no video, or a broken one/,
      "bad-empty.mp4",
      ...head,
      ...to,
    );
    await refuse(
      "a file that is cut off",
      4,
      /Cannot decode ".*bad-cut\.mkv"/,
      "bad-cut.mkv",
      ...head,
      ...to,
    );
    await refuse(
      "nothing in that part",
      4,
      /no frame from 50 s to its end/,
      "v.mkv",
      ...head,
      "--from",
      "50",
    );
    for (
      const [name, wanted, ...args] of [
        ["a part of a frame", /--every 1\.5: wanted a whole number/, "--every", "1.5"],
        ["half a person", /--person 1\.5: wanted a whole number/, "--person", "1.5"],
        ["more than certain", /--least 2: wanted a number from 0 to 1/, "--least", "2"],
        ["an end before the beginning", /from 2 s to 1 s: the end/, "--from", "2", "--to", "1"],
        ["a person of whole frames", /leave out --person/, "--person", "2", "--no-face-crop"],
      ] as const
    ) {
      await refuse(name, 2, wanted, "v.mkv", ...head, ...args);
    }
    await refuse(
      "a part of a frame, of two minds",
      2,
      /--every 1\.5: wanted a whole number/,
      ...["--task", "ambivalence", "v.mkv", ...head, "--every", "1.5"],
    );
    await refuse(
      "a list that every object has",
      2,
      /Cannot decide between the classes "constructor": wanted two names at least/,
      ...["v.mkv", "--classes", "constructor"],
    );
  });
});
