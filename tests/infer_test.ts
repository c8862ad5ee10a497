import assert from "node:assert/strict";
import { join } from "node:path";
import { auPrompts } from "../model/au_prompts.ts";
import { saveHead } from "../model/clip_au/head_file.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { initialHead } from "../train/initial_head.ts";
import { encodeOverlay } from "../app/infer/overlay.ts";
import type { SeenFrame } from "../app/infer/watch_video.ts";
import { ThumbnailKeeper } from "../app/infer/report/thumbnails.ts";
import { loadSubject } from "../tta/subject_state.ts";
import { runDeno } from "./fakes.ts";
import { roomyConfig, smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** A folder with a small model, a head that was never trained, and a video without a face. */
async function withModel(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-infer-" });
  try {
    await Deno.writeFile(join(folder, "model.safetensors"), await smallClipBytes(roomyConfig));
    await Deno.writeTextFile(
      join(folder, "tokenizer.json"),
      smallVocabularyFiles["tokenizer.json"],
    );
    const sizes = usualSizes(roomyConfig.embedding, auPrompts.length, 2);
    const parameters = initialHead(sizes, 4);
    await saveHead(join(folder, "head.safetensors"), {
      parameters,
      classes: ["neutral", "pain, or not"],
      auPrompts,
    });
    const { code } = await new Deno.Command("ffmpeg", {
      args: [
        ...["-nostdin", "-loglevel", "error", "-f", "lavfi"],
        ...["-i", "testsrc2=size=64x48:rate=25:duration=2", "-c:v", "ffv1", join(folder, "v.mkv")],
      ],
    }).output();
    assert.equal(code, 0);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function infer(folder: string, ...args: string[]) {
  const allow = [
    ...["--allow-read", "--allow-write", "--allow-env", "--allow-run"],
    ...["--allow-ffi", "--allow-sys"],
  ];
  const env = {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "none"),
    AUTT_MODELS: join(folder, "none"),
    AUTT_SUBJECTS: join(folder, "people"),
  };
  return runDeno(
    ["run", "--quiet", ...allow, "main.ts", "infer", ...args, "--model", "."],
    env,
  );
}

const head = ["--head", "head.safetensors"];

/** The names in a folder that were not there at first. */
const made = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) =>
      !["model.safetensors", "tokenizer.json", "head.safetensors", "v.mkv"].includes(name)
    ).sort();

/** Rows of a CSV without quoted line ends. */
const rowsOf = (csv: string) =>
  csv.trimEnd().split("\r\n").map((line) =>
    [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = ""]) => cell)
  );

Deno.test("infer tells, for people and for machines, what it saw and what adapting changed", async () => {
  await withModel(async (folder) => {
    const { code, stdout, stderr } = await infer(
      folder,
      ...["v.mkv", ...head, "--no-face-crop", "--every", "2", "--least", "0.1"],
      ...["--json", "o.json", "--csv", "o.csv", "--subject", "anna.safetensors"],
      ...["--report", "o.html", "--video", "o.mp4", "--profile"],
    );
    assert.equal(code, 0, stderr);
    const stages = [...stderr.matchAll(/^ {2}(\S.*?) +\d+ x +[\d.]+ s +[\d.]+ %$/gm)].map((
      [, name],
    ) => name);
    assert.deepEqual(stages.sort(), [
      ...["adapt", "decode, beside the others", "encode", "load", "prepare"],
      ...["waiting for frames", "write"],
    ]);
    assert.match(
      stdout,
      /^v\.mkv: 25 frames, a face in each\n {2}answer: (neutral|pain, or not)\n/,
    );
    assert.match(stdout, /\n {2}before adapting: neutral [\d.]+ %, pain, or not [\d.]+ %/);
    assert.match(stdout, /\n {2}after 10 steps: .* prompts moved by \d/);
    assert.match(stdout, /method paper, seed 1999, .*, autt \d+\.\d+\.\d+\n$/);
    const json = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
    assert.deepEqual(
      [json.schema, json.schema_version, json.frames, json.frames_with_face, json.abstained],
      ["autt.infer", 1, 25, 25, null],
    );
    assert.equal(json.windows.length, 10);
    assert.equal(json.steps.length, 10);
    assert.ok(json.after.entropy < json.before.entropy);
    const chosen = json.windows[json.after.window];
    assert.deepEqual(chosen.after, json.after.probabilities);
    assert.deepEqual(
      json.windows.map((
        { first_frame, last_frame }: Record<string, number>,
      ) => [first_frame, last_frame]),
      Array.from({ length: 10 }, (_, i) => [i, i + 15]),
    );
    assert.ok(
      json.windows.every((one: Record<string, number>) => (one.to ?? 0) - (one.from ?? 0) > 1.19),
    );
    const [heading = [], ...rows] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
    assert.equal(rows.length, 25);
    assert.equal(heading.length, 10 + 4 + 46);
    assert.equal(heading[11], '"before_pain, or not"');
    for (const [i, row] of rows.entries()) {
      assert.equal(row.length, heading.length);
      assert.deepEqual([row[0], row[1], row[2]], [`${i}`, `${Number((0.08 * i).toFixed(6))}`, ""]);
      assert.ok(Math.abs(Number(row[10]) + Number(row[11]) - 1) < 1e-5);
    }
    const page = await Deno.readTextFile(join(folder, "o.html"));
    assert.match(page, /^<!doctype html>\n/);
    assert.equal([...page.matchAll(/<svg/g)].length, 3);
    assert.equal([...page.matchAll(/src="data:image\/jpeg;base64,/g)].length, 13);
    assert.match(page, /<th>pain, or not<\/th><td class="number">[\d.]+ %<\/td>/);
    for (const prompt of auPrompts) {
      assert.ok(page.includes(`>${prompt.replaceAll("_", " ")}<`), prompt);
    }
    // It needs nothing but itself, and may load nothing.
    const addresses = [...page.matchAll(/https?:[^"' )]*/g)].map(([address]) => address);
    assert.deepEqual([...new Set(addresses)], ["http://www.w3.org/2000/svg"]);
    assert.match(page, /Content-Security-Policy" content="default-src 'none';/);
    assert.doesNotMatch(page, /<script|NaN|undefined/);
    const probed = new TextDecoder().decode(
      (await new Deno.Command("ffprobe", {
        args: [
          ...["-v", "error", "-show_entries", "stream=codec_name,width,height,nb_frames"],
          ...["-of", "csv=p=0", join(folder, "o.mp4")],
        ],
      }).output()).stdout,
    );
    assert.equal(probed.trim(), "h264,64,48,50");
    // The person goes on from there.
    const first = await loadSubject(join(folder, "anna.safetensors"));
    assert.deepEqual([first.tuning.step, first.outcomes.length], [10, 1]);
    await Deno.mkdir(join(folder, "people"));
    await Deno.rename(join(folder, "anna.safetensors"), join(folder, "people/anna.safetensors"));
    const again = await infer(
      folder,
      ...["v.mkv", ...head, "--no-face-crop", "--subject", "anna", "--json", "p.json"],
    );
    assert.ok([0, 3].includes(again.code), again.stderr);
    const second = JSON.parse(await Deno.readTextFile(join(folder, "p.json")));
    assert.equal(second.before.entropy, json.after.entropy);
    const listed = await runDeno(
      ["run", "--quiet", "--allow-read", "--allow-env", "main.ts", "subject"],
      { AUTT_SUBJECTS: join(folder, "people") },
    );
    assert.deepEqual([listed.code, listed.stdout], [0, "anna\n"]);
    assert.deepEqual(made(folder), ["o.csv", "o.html", "o.json", "o.mp4", "p.json", "people"]);
  });
});

Deno.test("an overlay has each frame's box and words at its time, and no commands in them", () => {
  const frame = (index: number, seconds: number, face: boolean): SeenFrame => ({
    index,
    seconds,
    width: 100,
    height: 80,
    face: face
      ? { score: 1, left: 10.4, top: 20, width: 30, height: 31, points: [], person: 1 }
      : undefined,
    gap: face ? undefined : "no face",
    features: face ? new Float32Array(1) : undefined,
  });
  const frames = [frame(0, 59.99, true), frame(1, 60.5, false), frame(2, 3725.25, true)];
  const seen = frames.filter(({ gap }) => gap === undefined);
  const window = { first: 0, last: 1, before: [0.5, 0.5], after: [0.2, 0.8] };
  const subtitles = encodeOverlay(
    {
      frames,
      seen,
      units: Float32Array.of(1, 2, 3, 4),
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
  assert.ok(events[0]?.endsWith(",,  b  80.0 %\\None up -1.00\\Ntwo -1.00"), events[0]);
  assert.ok(
    events[1]?.endsWith(",,{\\an7\\pos(10,20)\\p1}m 0 0 l 30 0 30 31 0 31{\\p0}"),
    events[1],
  );
  assert.ok(events[2]?.endsWith(",,no face"), events[2]);
});

Deno.test("thumbnails lie evenly over a video, and never become many", () => {
  const square = new Uint8Array(16);
  for (const count of [0, 1, 24, 25, 26, 49, 50, 1000]) {
    const keeper = new ThumbnailKeeper(2);
    for (let frame = 0; frame < count; frame++) keeper.offer(frame, square);
    const kept = keeper.frames, [a = 0, b = 1] = kept;
    assert.ok(
      kept.length <= 24 && kept.length >= Math.min(count, 12),
      `${kept.length} of ${count}`,
    );
    assert.ok(kept.every((frame, i) => frame === i * (b - a)), `${kept}`);
  }
});

Deno.test("infer gives no answer where there is none, and says why", async (t) => {
  await withModel(async (folder) => {
    await t.step("no face: rows with their reason, and no numbers", async () => {
      const { code, stdout, stderr } = await infer(
        folder,
        ...["v.mkv", ...head, "--json", "o.json", "--csv", "o.csv"],
      );
      assert.equal(code, 3, stderr);
      assert.match(
        stdout,
        /25 of them without the person's face\n {2}no answer: no face was seen\n/,
      );
      const json = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
      assert.deepEqual([json.after, json.abstained, json.gaps.length], [
        null,
        "no face was seen",
        25,
      ]);
      assert.deepEqual(json.gaps[1], { frame: 1, seconds: 0.08, reason: "no face" });
      const [, row = []] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
      assert.deepEqual(row.slice(0, 4), ["0", "0", "no face", ""]);
      assert.ok(row.slice(3).every((value) => value === ""));
    });
    await t.step("a page without an answer, its name escaped", async () => {
      const name = "<b>&'\".mkv";
      await Deno.copyFile(join(folder, "v.mkv"), join(folder, name));
      const { code } = await infer(folder, name, ...head, "--report", "n.html");
      assert.equal(code, 3);
      const page = await Deno.readTextFile(join(folder, "n.html"));
      assert.match(
        page,
        /<h1>&lt;b&gt;&amp;&#39;&quot;\.mkv<\/h1>\n<p class="answer">no answer: no face was seen/,
      );
      assert.doesNotMatch(page, /<svg|<img/);
    });
    await t.step("too short", async () => {
      const { code, stdout } = await infer(
        folder,
        ...["v.mkv", ...head, "--no-face-crop", "--to", "0.1"],
      );
      assert.equal(code, 3);
      assert.match(stdout, /no answer: too short: 2 frames with a face, and 4 are the fewest/);
    });
    await t.step("too uncertain", async () => {
      const { code, stdout } = await infer(
        folder,
        ...["v.mkv", ...head, "--no-face-crop", "--no-adapt", "--least", "0.9999"],
      );
      assert.equal(code, 3);
      assert.match(
        stdout,
        /no answer: too uncertain: the likeliest class has [\d.]+ %, and 100\.0 %/,
      );
      assert.match(stdout, /\n {2}not adapted: neutral [\d.]+ %.*\n[^]*method none, seed none/);
    });
  });
});

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
          ["Cannot take part 3/2: wanted one such as 2/5", "in", "--out", "o", "--shard", "3/2"],
          [
            'Cannot write "pdf": wanted any of json, csv, report, video',
            "in",
            "--out",
            "o",
            "--write",
            "pdf",
          ],
          ['Cannot write two videos named "a.mkv" to one folder', "in", "in/a.mkv", "--out", "o"],
          ["Cannot resume or share out a single video", "v.mkv", "--resume"],
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

/** Makes a video with ffmpeg. */
async function ffmpeg(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-y", "-loglevel", "error", ...args],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

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
    await refuse("no head", 2, /Cannot decide without a head: train one/, "v.mkv");
    await refuse("a missing head", 1, /no\.pth/, "v.mkv", "--head", "no.pth");
    await refuse(
      "no such method",
      2,
      /by "best": the methods are paper and official/,
      "v.mkv",
      ...head,
      "--method",
      "best",
    );
    await refuse(
      "a number that is none",
      2,
      /--every 0: wanted a number from 1/,
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
      /Cannot decode ".*none\.mp4": .*No such file/,
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
    await refuse(
      "an end before the beginning",
      1,
      /can't end at 1 s, where it begins at 2 s/,
      "v.mkv",
      ...head,
      "--from",
      "2",
      "--to",
      "1",
    );
  });
});
