import assert from "node:assert/strict";
import { join } from "node:path";
import { loadHead } from "../model/clip_au/load_head.ts";
import { makeFaces } from "./made_up_faces.ts";

/** `./autt train` on made-up faces; small enough for seconds. */
function trainProcess(folder: string, out: string, ...args: string[]): Deno.ChildProcess {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
  return new Deno.Command("deno", {
    args: [
      ...["run", "--quiet", ...allow, "main.ts", "train", "labels.txt", "--model", "."],
      ...["--out", out, "--features", "features", "--stride", "1", "--frames", "8"],
      ...["--rate", "0.001", "--epochs", "20", "--held-out", "0.25", ...args],
    ],
    env: {
      NO_COLOR: "1",
      INIT_CWD: folder,
      HF_HUB_CACHE: join(folder, "none"),
      AUTT_MODELS: join(folder, "none"),
    },
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function train(folder: string, out: string, ...args: string[]) {
  const { code, stdout, stderr } = await trainProcess(folder, out, ...args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Stops a training by a signal once it has written its state, and gives its exit code. */
async function stopped(folder: string, out: string, signal: Deno.Signal): Promise<number> {
  const process = trainProcess(folder, out);
  const drained = Promise.all([process.stdout.cancel(), new Response(process.stderr).text()]);
  while (true) {
    const there = await Deno.stat(join(folder, `${out}.training`)).then(() => true, () => false);
    if (there) break;
    const ended = await Promise.race([
      process.status.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 20)),
    ]);
    assert.ok(!ended, "it ended before it could be stopped");
  }
  process.kill(signal);
  const { code } = await process.status;
  await drained;
  return code;
}

/** A training that was stopped is neither begun anew nor gone on with in another way. */
async function refusesToMix(folder: string, out: string): Promise<void> {
  const refused = await train(folder, out);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /a training to it was stopped: continue with --resume/);
  for (const [option, value] of [["--seed", "5"], ["--stride", "2"]] as const) {
    const other = await train(folder, out, "--resume", option, value);
    assert.equal(other.code, 2, other.stderr);
    assert.match(other.stderr, /it was started with other settings or other videos/);
  }
}

Deno.test("train tells made-up expressions of people apart that it never saw, and goes on to the same bits after being stopped", async (t) => {
  const folder = await makeFaces();
  try {
    await t.step("reaches an accuracy far above chance on people held out", async () => {
      const { code, stdout, stderr } = await train(folder, "head.safetensors");
      assert.equal(code, 0, stderr);
      const war = Number(/held out WAR ([\d.]+) %/.exec(stdout)?.[1]);
      assert.ok(war >= 90, stdout + stderr);
      assert.match(stdout, /the commonest class alone: 50\.0 %/);
      assert.match(
        stderr,
        /36 videos of 6 people to learn from; 12 held out, of person-\d, person-\d/,
      );
    });
    const whole = await Deno.readFile(join(folder, "head.safetensors"));
    for (const [signal, wanted] of [["SIGKILL", 137], ["SIGINT", 130]] as const) {
      await t.step(`goes on to the same bits after ${signal}`, async () => {
        const out = `${signal}.safetensors`;
        assert.equal(await stopped(folder, out, signal), wanted);
        if (signal === "SIGKILL") await refusesToMix(folder, out);
        const { code, stderr } = await train(folder, out, "--resume");
        assert.equal(code, 0, stderr);
        assert.match(stderr, /going on after epoch \d+, batch \d+/);
        assert.deepEqual(await Deno.readFile(join(folder, out)), whole);
      });
    }
    await t.step(
      "reports on people who neither teach nor choose: their labels change no bit of the head",
      async () => {
        const labels = join(folder, "labels.txt"), written = await Deno.readTextFile(labels);
        const three = ["--reported", "0.25", "--epochs", "2"];
        const first = await train(folder, "three.safetensors", ...three);
        assert.equal(first.code, 0, first.stderr);
        assert.match(
          first.stdout,
          /on people held out WAR .*: they chose the epoch, so this is too good/,
        );
        assert.match(first.stdout, /on 12 videos of 2 others, who chose nothing: WAR [\d.]+ %/);
        const kept = /12 kept for the report, of (person-\d), (person-\d)/.exec(first.stderr) ?? [];
        const held = /held out, of (.*)$/m.exec(first.stderr)?.[1] ?? "";
        assert.ok(
          kept.length === 3 && !held.includes(kept[1] ?? "") && !held.includes(kept[2] ?? ""),
        );
        const flipped = written.split("\n").map((line) =>
          kept.slice(1).some((person) => line.startsWith(`${person}/`))
            ? line.replace(/([01])$/, (label) => `${1 - Number(label)}`)
            : line
        ).join("\n");
        assert.notEqual(flipped, written);
        await Deno.writeTextFile(labels, flipped);
        const second = await train(folder, "flipped.safetensors", ...three);
        assert.equal(second.code, 0, second.stderr);
        const bytes = (name: string) => Deno.readFile(join(folder, name));
        assert.deepEqual(await bytes("flipped.safetensors"), await bytes("three.safetensors"));
        const told = ({ stdout }: typeof first) => /others.*WAR ([\d.]+) %/.exec(stdout)?.[1];
        assert.ok(Math.abs(Number(told(first)) + Number(told(second)) - 100) < 0.2, second.stdout);
        await Deno.writeTextFile(labels, written);
        for (const name of ["three", "flipped"]) {
          await Deno.remove(join(folder, `${name}.safetensors`));
          await Deno.remove(join(folder, `${name}.card.md`));
        }
      },
    );
    await t.step("leaves the head, the features and nothing else", () => {
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
        .filter((name) => !name.startsWith("person-"));
      assert.deepEqual(names.filter((name) => !name.endsWith(".part")).sort(), [
        "SIGINT.card.md",
        "SIGINT.safetensors",
        "SIGKILL.card.md",
        "SIGKILL.safetensors",
        "features",
        "head.card.md",
        "head.safetensors",
        "labels.txt",
        "model.safetensors",
        "tokenizer.json",
      ]);
      assert.equal([...Deno.readDirSync(join(folder, "features"))].length, 2 * 48); // by strides 1 and 2
    });
    await t.step("the head knows its classes, its prompts and its CLIP", async () => {
      const head = await loadHead(join(folder, "head.safetensors"));
      assert.deepEqual(head.classes, ["neutral", "class 1"]);
      assert.equal(head.auPrompts.length, 46);
      assert.match(head.clip?.name ?? "", /^ViT 128x3\/8@24$/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("train refuses what it can't train on, in a sentence", async (t) => {
  const folder = await makeFaces();
  const refuse = async (name: string, wanted: RegExp, code: number, ...args: string[]) => {
    await t.step(name, async () => {
      const result = await train(folder, "head.safetensors", ...args);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, wanted);
      assert.ok(!await Deno.stat(join(folder, "head.safetensors")).then(() => true, () => false));
    });
  };
  try {
    await refuse(
      "a rate that is none",
      /--rate 0: wanted a number between 0 and 1/,
      2,
      "--rate",
      "0",
    );
    await refuse(
      "half an epoch",
      /--epochs 1\.5: wanted a whole number from 1/,
      2,
      "--epochs",
      "1.5",
    );
    await refuse(
      "one class",
      /the class "a" alone: two classes are the fewest/,
      2,
      "--classes",
      "a",
    );
    await refuse(
      "a class without videos",
      /class "c": no video has label 2/,
      2,
      "--classes",
      "a,b,c",
    );
    await refuse(
      "frames elsewhere",
      /labels\.txt:1: person-0\/video-0: there is no folder .*features\/person-0\/video-0\n[^]*error: Cannot train: files are missing, .*--root/,
      1,
      "--root",
      "features",
    );
    await refuse(
      "no such model",
      /Cannot find the model "nothing" on this machine/,
      1,
      "--model",
      "nothing",
    );
    await refuse("an unknown kind", /on "films": the kinds of data are plain, biovid/, 2, ...[
      "--dataset",
      "films",
    ]);
    await refuse(
      "labels of another kind",
      /labels\.txt:1: wanted a video named SUBJECT-BL1/,
      1,
      ...[
        "--dataset",
        "biovid",
      ],
    );
    await refuse("both ways at once", /choose one/, 2, "--resume", "--restart");
    await refuse("no folder for the head", /there is no folder .*nowhere/, 1, "--out", "nowhere/h");
    await refuse("half a frame", /--stride 0\.5: wanted a whole number/, 2, "--stride", "0.5");
    await Deno.writeTextFile(
      join(folder, "labels.txt"),
      "person-0/video-0/image0.png 0\nperson-1/video-0/image0.png 1\n",
    );
    await refuse("a class of nobody left", /all of its videos are of people held out/, 2);
    await Deno.writeTextFile(join(folder, "labels.txt"), "a/b/c.png x\n");
    await refuse(
      "a label that is none",
      /labels\.txt:1: wanted a label, a whole number .*: got "x"\nerror: Cannot train: labels are wrong/,
      1,
    );
    await Deno.writeTextFile(join(folder, "labels.txt"), "");
    await refuse("an empty list", /labels\.txt: it is empty\n/, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
