import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ffmpeg, head, infer, withModel } from "./infer_folder.ts";

const sample = (name: string) => fileURLToPath(new URL(`../demo/sample/${name}`, import.meta.url));

/** What has a name in a folder. */
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("infer --all decides on everyone in a video, each by themselves", async (t) => {
  await withModel(async (folder) => {
    await ffmpeg(
      ...["-i", sample("pain.mp4"), "-i", sample("rest.mp4"), "-filter_complex", "hstack"],
      ...["-frames:v", "10", "-c:v", "ffv1", join(folder, "two.mkv")],
    );
    const all = [...head, "--all", "--least", "0", "--no-adapt"];
    const out = [...all, "--out", "out", "--write", "csv"];
    await t.step("two people, with files of their own", async () => {
      const { code, stdout, stderr } = await infer(folder, "two.mkv", ...out);
      assert.equal(code, 0, stderr);
      assert.deepEqual(stdout.split("\n").filter((line) => /^\S/.test(line)), [
        "two.mkv, person 1: 5 frames, a face in each",
        "two.mkv, person 2: 5 frames, a face in each",
      ]);
      assert.deepEqual(namesIn(join(folder, "out")), [
        "two.mkv.person1.csv",
        "two.mkv.person1.json",
        "two.mkv.person2.csv",
        "two.mkv.person2.json",
      ]);
      const boxes = await Promise.all([1, 2].map(async (person) => {
        const csv = await Deno.readTextFile(join(folder, `out/two.mkv.person${person}.csv`));
        const [heading = "", row = ""] = csv.split("\r\n");
        const left = Number(row.split(",")[heading.split(",").indexOf("face_left")]);
        return left < 192 ? "left" : "right";
      }));
      assert.deepEqual(boxes.sort(), ["left", "right"]);
    });
    await t.step("--resume leaves it out, until the first one's file is gone", async () => {
      const again = await infer(folder, "two.mkv", ...out, "--resume");
      assert.deepEqual([again.code, again.stdout], [0, ""], again.stderr);
      assert.match(again.stderr, /1 videos are done already/);
      await Deno.remove(join(folder, "out/two.mkv.person1.json"));
      const { stdout } = await infer(folder, "two.mkv", ...out, "--resume");
      assert.match(stdout, /^two\.mkv, person 1: 5 frames/);
    });
    await t.step("files that are named, and a video of nobody", async () => {
      const one = await infer(folder, "two.mkv", ...all, "--json", "o.json");
      assert.equal(one.code, 0, one.stderr);
      const { frames, video } = JSON.parse(await Deno.readTextFile(join(folder, "o.person2.json")));
      assert.deepEqual([frames, video], [5, "two.mkv"]);
      const nobody = await infer(folder, "v.mkv", ...all, "--to", "0.4", "--json", "n.json");
      assert.equal(nobody.code, 3);
      assert.match(nobody.stdout, /^v\.mkv: 5 frames, .*\n {2}no answer: no face was seen/);
      assert.deepEqual(
        namesIn(folder).filter((name) => name.endsWith(".json") && name !== "tokenizer.json"),
        ["n.json", "o.person1.json", "o.person2.json"],
      );
    });
    await t.step("refused beside what names one person, or no faces", async () => {
      const one = /Cannot watch everyone and one person: leave out --all, or the other/;
      for (
        const [wanted, ...more] of [
          [one, "--person", "1"],
          [one, "--subject", "sam"],
          [/Cannot tell people apart without looking for faces: leave out --all/, "--no-face-crop"],
        ] as const
      ) {
        const { code, stderr } = await infer(folder, "two.mkv", ...head, "--all", ...more);
        assert.equal(code, 2, stderr);
        assert.match(stderr, wanted);
      }
    });
  });
});
