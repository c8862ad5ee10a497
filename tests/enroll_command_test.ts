import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { loadEnrolment } from "../media/features/enrolment_file.ts";
import { runDeno } from "./fakes.ts";
import { ffmpeg, head, infer, withModel } from "./infer_folder.ts";

/** Runs another command than `infer` in the folder of a small model. */
function run(folder: string, ...args: string[]) {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
  return runDeno(["run", "--quiet", ...allow, "main.ts", ...args], {
    INIT_CWD: folder,
    AUTT_SUBJECTS: join(folder, "people"),
  });
}

Deno.test("who is enrolled is told from their own face; it adds up, and is shown and deleted", async (t) => {
  await withModel(async (folder) => {
    const centredHead = ["--head", "centred.safetensors"];
    const plain = await loadHead(join(folder, "head.safetensors"));
    const neutral = new Float32Array(plain.parameters.sizes.embedding).fill(.01);
    await saveHead(join(folder, "centred.safetensors"), { ...plain, neutral });
    const path = join(folder, "people/sam.neutral.safetensors");
    const enroll = (...args: string[]) =>
      run(folder, "enroll", "v.mkv", "--subject", "sam", "--model", ".", ...args);
    const few = ["--no-face-crop", "--no-adapt", "--least", "0", "--to", "0.4"];

    await t.step("no enrolment for this person: said, and read all the same", async () => {
      const { code, stderr } = await infer(folder, "v.mkv", ...centredHead, ...few);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /No enrolment for this person; using the average neutral face/);
      assert.match(stderr, /`\.\/autt enroll --subject NAME VIDEO`/);
    });
    await t.step("enrolled, once and with more", async () => {
      const first = await enroll("--no-face-crop", "--every", "10");
      assert.deepEqual([first.code, first.stdout], [
        0,
        "sam is enrolled with 5 frames of 1 videos\n",
      ]);
      const { mean } = await loadEnrolment(path);
      assert.ok(mean.some((x) => Math.abs(x) > .01));
      const more = await enroll("--no-face-crop", "--every", "25");
      assert.equal(more.stdout, "sam is enrolled with 7 frames of 2 videos, 2 of them new\n");
      const merged = await loadEnrolment(path);
      assert.notDeepEqual(merged.mean, mean);
      const again = await enroll("--no-face-crop", "--every", "10", "--again");
      assert.equal(again.stdout, first.stdout);
      assert.deepEqual((await loadEnrolment(path)).mean, mean);
    });
    await t.step("from a part of the video", async () => {
      const part = await enroll("--no-face-crop", "--every", "1", "--to", "0.4", "--again");
      const all = await enroll("--no-face-crop", "--every", "1", "--again");
      const frames = ({ stdout }: { stdout: string }) =>
        Number(/with (\d+) frames/.exec(stdout)?.[1]);
      assert.ok(
        frames(part) >= 8 && frames(part) <= 11 && frames(all) > 40,
        part.stdout + all.stdout,
      );
      await enroll("--no-face-crop", "--every", "10", "--again");
    });
    await t.step("no face: nothing changes", async () => {
      const before = await Deno.readFile(path);
      const { code, stdout, stderr } = await enroll("--every", "25");
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /error: Cannot enroll sam by "v\.mkv": no face was seen in it\n$/);
      assert.deepEqual(await Deno.readFile(path), before);
      assert.deepEqual([...Deno.readDirSync(join(folder, "people"))].map(({ name }) => name), [
        "sam.neutral.safetensors",
      ]);
    });
    await t.step(
      "used by infer, which tells how much it is of and nothing of the face",
      async () => {
        const args = [
          "v.mkv",
          ...centredHead,
          "--subject",
          "sam",
          "--no-face-crop",
          "--least",
          "0",
        ];
        const { code, stderr } = await infer(folder, ...args, "--to", "0.4", "--json", "o.json");
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(stderr, /No enrolment for this person/);
        const { enrolment } = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
        assert.deepEqual(enrolment, { frames: 5, videos: 1 });
      },
    );
    await t.step("refused where faces are cut out, ignored by heads that don't ask", async () => {
      const cut = await infer(folder, "v.mkv", ...centredHead, "--subject", "sam");
      assert.equal(cut.code, 1);
      assert.match(cut.stderr, /frames were faces already there, .*: enroll them again\n$/);
      const ignored = await infer(folder, "v.mkv", ...head, "--subject", "sam", "--from", "99");
      assert.match(
        ignored.stderr,
        /this head was not trained with --centred: sam's resting face is used for Action Units alone/,
      );
    });
    await t.step("listed once, shown and deleted with all that is known", async () => {
      const subject = (...args: string[]) => run(folder, "subject", ...args);
      await Deno.copyFile(path, join(folder, "people/eva.neutral.safetensors"));
      assert.equal((await subject()).stdout, "eva\nsam\n");
      const both = (await subject("sam")).stdout;
      assert.match(both, /^sam: tuned in mode "paper"\nmodel: CLIP [^]*\nenrolled with 5 frames/);
      const json = JSON.parse((await subject("sam", "--json")).stdout);
      assert.deepEqual([json.step, json.enrolment.frames, json.enrolment.videos], [10, 5, 1]);
      assert.equal(json.enrolment.mean, undefined);
      assert.match(
        (await subject("eva")).stdout,
        /^eva: enrolled with 5 frames of 1 videos, taken whole, on CLIP [0-9a-f]{12}\n$/,
      );
      assert.deepEqual(Object.keys(JSON.parse((await subject("eva", "--json")).stdout)), [
        "enrolment",
      ]);
      assert.equal((await subject("sam", "--delete")).stdout, "sam is deleted\n");
      assert.equal((await subject()).stdout, "eva\n");
      assert.equal((await subject("eva", "--delete")).code, 0);
      assert.deepEqual([...Deno.readDirSync(join(folder, "people"))], []);
      assert.equal((await subject("eva")).code, 1);
    });
  });
});

Deno.test("each person of a video can be enrolled by their number", async () => {
  await withModel(async (folder) => {
    const sample = (name: string) =>
      fileURLToPath(new URL(`../demo/sample/${name}`, import.meta.url));
    await ffmpeg(
      ...["-i", sample("pain.mp4"), "-i", sample("rest.mp4"), "-filter_complex", "hstack"],
      ...["-frames:v", "10", "-c:v", "ffv1", join(folder, "two.mkv")],
    );
    const means = await Promise.all(["1", "2"].map(async (person) => {
      const { code, stderr } = await run(
        ...[folder, "enroll", "two.mkv", "--model", ".", "--subject", `sam ${person}`] as const,
        ...["--person", person],
      );
      assert.equal(code, 0, stderr);
      return (await loadEnrolment(join(folder, `people/sam ${person}.neutral.safetensors`))).mean;
    }));
    assert.notDeepEqual(means[0], means[1]);
    const third = await run(
      ...[
        folder,
        "enroll",
        "two.mkv",
        "--model",
        ".",
        "--subject",
        "ann",
        "--person",
        "3",
      ] as const,
    );
    assert.equal(third.code, 3, third.stderr);
  });
});

Deno.test("enroll refuses what it can't take, and says why", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (
      const [code, wanted, ...args] of [
        [2, /without a name: give one with --subject/, "v.mkv"],
        [2, /Cannot enroll somebody from 0 videos/, "--subject", "sam"],
        [2, /--every 0: wanted a whole number/, "v.mkv", "--subject", "a", "--every", "0"],
        [2, /Cannot use --from with 2 videos: enroll/, "a", "b", "--subject", "a", "--from", "1"],
        [2, /--to x: wanted seconds from 0 on/, "v.mkv", "--subject", "a", "--to", "x"],
        [2, /the end must be later/, "v.mkv", "--subject", "a", "--from", "2", "--to", "2"],
        [2, /Cannot enroll person 0: wanted a whole/, "v.mkv", "--subject", "a", "--person", "0"],
        [
          ...[2, /Cannot tell people apart without looking/, "v.mkv", "--subject", "a"] as const,
          ...["--person", "2", "--no-face-crop"],
        ],
        [1, /Cannot find the model "none"/, "v.mkv", "--subject", "sam", "--model", "none"],
        [4, /Cannot decode ".*v\.mkv"/, "v.mkv", "--subject", "sam", "--model", "demo"],
      ] as const
    ) {
      const result = await run(folder, "enroll", ...args);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, wanted);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
