/** `train` and `infer` with `--task ambivalence`, on videos of drawn people who speak. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "./fakes.ts";
import { ffmpeg } from "./infer_folder.ts";
import { keptIn, type Task, wordsOf } from "./task_permissions.ts";

/** Runs a task with the permissions that it lists, in a folder. */
const run = (folder: string, task: Task, ...args: string[]) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf(task), ...args], keptIn(folder));

const infer = (folder: string, ...args: string[]) =>
  run(folder, "infer", "--task", "ambivalence", "--model", "demo", ...args);

interface Written {
  readonly answer: string | null;
  readonly answer_from: string | null;
  readonly strongest: number | null;
  readonly parts: readonly string[];
  readonly moments: readonly {
    readonly from: number;
    readonly words: readonly string[];
    readonly disagree: readonly string[];
    readonly probabilities: Readonly<Record<string, number>>;
    readonly without: Readonly<Record<string, number>>;
    readonly action_units: Readonly<
      Record<"present" | "more_than_in_the_rest", readonly { readonly code: string }[]>
    >;
  }[];
}

const written = async (folder: string, name: string): Promise<Written> =>
  JSON.parse(await Deno.readTextFile(join(folder, name)));

Deno.test("people who speak are drawn, learnt from, and read with evidence", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "autt-speakers-" });
  try {
    const drawn = await run(
      folder,
      "demo:speakers",
      ...["drawn", "--people", "3", "--answers", "2", "--seed", "2", "--one-sentence"],
    );
    assert.equal(drawn.code, 0, drawn.stderr);
    const lines = (await Deno.readTextFile(join(folder, "drawn/labels.txt"))).trimEnd().split("\n");
    assert.equal(lines.length, 6);
    const [line = ""] = lines.filter((one) => one.includes(".mp4,1,"));
    const [video = "", , said = ""] = line.split(",");
    const path = join("drawn", video), name = video.split("/").at(-1) ?? "";
    const transcript = join("drawn/transcription", video, `${name}.yml`);

    await t.step("the moment is told in which face and words disagree", async () => {
      const { code, stdout, stderr } = await infer(
        folder,
        ...[path, "--transcript", transcript, "--json", "o.json", "--report", "o.html"],
        ...["--csv", "o.csv"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /: ambivalence \(/);
      assert.match(stdout, /(face|voice) against words|words against (face|voice)/);
      const { answer, strongest, moments } = await written(folder, "o.json");
      assert.equal(answer, "ambivalence");
      assert.equal(moments.length, 3);
      assert.equal(strongest, 1);
      const [, moment] = moments;
      assert.ok(said.includes(moment?.words[0] ?? "nothing"));
      // Face and voice go together against the words: without these there is no conflict.
      assert.ok(moment?.disagree.includes("words"), moment?.disagree.join());
      const p = moment?.probabilities.ambivalence ?? 0;
      assert.ok(p > 0.9 && (moment?.without.words ?? 1) < p - 0.2, JSON.stringify(moment));
      for (const place of [0, 2]) {
        assert.ok((moments[place]?.probabilities.ambivalence ?? 1) < 0.5, `moment ${place}`);
      }
      // The grammar's words are with a smile or against it; the face does the other.
      const smiles = /smile/.test(moment?.words[0] ?? "");
      const units = Object.values(moment?.action_units ?? {}).flat();
      const codes = units.map(({ code }) => code);
      const against = ["AU4", "AU15", "AU17"], joyful = ["AU12", "AU6", "AU13"];
      assert.ok(codes.some((code) => (smiles ? against : joyful).includes(code)), codes.join());
      const page = await Deno.readTextFile(join(folder, "o.html"));
      assert.ok(page.includes(moment?.words[0] ?? "nothing"));
      assert.match(page, /Where it is likeliest/);
      const rows = (await Deno.readTextFile(join(folder, "o.csv"))).trimEnd().split(/\r?\n/);
      assert.equal(rows[0], "frame,seconds,ambivalence");
      assert.ok(rows.length > 30);
    });

    await t.step("words may be missing, and times of words", async () => {
      const alone = await infer(folder, path, "--json", "alone.json", "--least", "0");
      assert.equal(alone.code, 0, alone.stderr);
      assert.match(alone.stdout, /words: none, there is no transcript/);
      assert.match(alone.stdout, /voice: heard/);
      assert.match(alone.stdout, /nothing disagrees|face against voice|voice against face/);
      await Deno.writeTextFile(join(folder, "said.txt"), said);
      const untimed = await infer(folder, path, "--transcript", "said.txt", "--least", "0");
      assert.equal(untimed.code, 0, untimed.stderr);
      assert.match(untimed.stdout, /words: 3 sentences without times/);
      assert.match(untimed.stdout, /times are guessed from the length of sentences/);
    });

    await t.step("the face may be missing, and everything", async () => {
      const nobody = "testsrc2=size=64x48:rate=5:duration=3";
      await ffmpeg("-f", "lavfi", "-i", nobody, join(folder, "nobody.mp4"));
      const words = await infer(
        folder,
        ...["nobody.mp4", "--transcript", transcript, "--json", "w.json", "--least", "0"],
      );
      assert.equal(words.code, 0, words.stderr);
      assert.match(words.stdout, /face: none was seen in 15 frames/);
      assert.match(words.stdout, /voice: none, the video has none in this part/);
      const nothing = await infer(folder, "nobody.mp4", "--json", "n.json");
      assert.equal(nothing.code, 3, nothing.stderr);
      assert.equal((await written(folder, "n.json")).answer, null);
    });

    await t.step("a head is trained on them, and used", async () => {
      const trained = await run(
        folder,
        "train",
        ...["--task", "ambivalence", "drawn/labels.txt", "--model", "demo", "--steps", "3"],
        ...["--stride", "10", "--out", "own.safetensors", "--held-out", "0.3"],
      );
      assert.equal(trained.code, 0, trained.stderr);
      assert.match(trained.stderr, /6 videos: 6 with a face, 6 with words, 6 with a voice/);
      assert.match(trained.stdout, /on \d videos of the people held out: F1/);
      const own = ["--head", "own.safetensors", "--least", "0", "--every", "10"];
      const used = await infer(folder, path, "--transcript", transcript, ...own);
      assert.equal(used.code, 0, used.stderr);
      assert.match(used.stdout, /own\.safetensors \(trained on \d videos of 2 people\)/);
    });

    await t.step("the models of BAH's authors learn and read frame by frame", async () => {
      for (const form of ["lfan", "can"]) {
        const out = `${form}.safetensors`;
        const trained = await run(
          folder,
          "train",
          ...["--task", "ambivalence", "drawn/labels.txt", "--model", "demo", "--form", form],
          ...["--steps", "2", "--stride", "10", "--out", out, "--held-out", "0.3"],
          ...["--features", "own.safetensors.features"],
        );
        assert.equal(trained.code, 0, trained.stderr);
        assert.match(trained.stdout, /on \d videos of the people held out: F1/);
        const read = ["--head", out, "--least", "0", "--every", "10", "--json", `${form}.json`];
        const used = await infer(folder, path, "--transcript", transcript, ...read);
        assert.equal(used.code, 0, used.stderr);
        const { answer, moments } = await written(folder, `${form}.json`);
        assert.ok(answer !== null);
        // Of every tenth frame few show a face that is followed: moments without any are left out.
        assert.ok(moments.length >= 1);
        assert.deepEqual(Object.keys(moments[0]?.without ?? {}).sort(), ["face", "voice", "words"]);
        const alone = await infer(folder, "nobody.mp4", "--transcript", transcript, ...read);
        assert.equal(alone.code, 0, alone.stderr);
      }
      const refused = await run(
        folder,
        "train",
        ...["--task", "ambivalence", "drawn/labels.txt", "--protocol", "official"],
      );
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /wanted plain or official, with --form lfan or can/);
    });

    await t.step("what can't be read is refused, and nothing is written", async () => {
      const refusals: [string[], number, RegExp][] = [
        [[path, "--transcript", "none.srt"], 1, /none\.srt/],
        [[path, "--transcript", path], 1, /wanted a file that ends in/],
        [[path, "--head", transcript], 1, /\.yml/],
        [[path, "--json", path], 2, /would replace/],
        [[path, "--report", "no/o.html"], 1, /there is no folder/],
        [[path, path], 2, /Cannot read 2 videos/],
      ];
      for (const [args, wanted, says] of refusals) {
        const { code, stderr } = await infer(folder, ...args);
        assert.equal(code, wanted, stderr);
        assert.match(stderr, says);
      }
      const { code, stderr } = await run(folder, "infer", "--task", "ambivalence", path);
      assert.equal(code, 2);
      assert.match(stderr, /without a head/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
