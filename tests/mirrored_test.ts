import assert from "node:assert/strict";
import { join } from "node:path";
import { enrolmentMismatch } from "../media/features/enrolment.ts";
import { mirrorPicture, wantsMirrored } from "../model/clip/mirrored.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { loadHead } from "../model/clip_au/load_head.ts";
import { Rng } from "../numbers/rng.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { commandsIn, runEval, withFaces } from "./eval_folder.ts";
import { rejection } from "./fakes.ts";

Deno.test("a mirror turns rows of pixels round, and no pixel", () => {
  const pixel = (x: number) => [x, x + 1, x + 2, x + 3];
  const picture = Uint8Array.of(...[10, 20, 30, 40].flatMap(pixel));
  const turned = Uint8Array.of(...[20, 10, 40, 30].flatMap(pixel));
  assert.deepEqual(mirrorPicture(picture, 2), turned);
  assert.deepEqual(mirrorPicture(turned, 2), picture);
});

gpuTest("with mirror images, features are the mean of both and the same for both", async () => {
  const device = await sharedDevice(), rng = new Rng(4);
  await withFaces(async (folder) => {
    using plain = await loadClip(device, folder);
    using both = await loadClip(device, folder, { mirrored: true });
    const { size } = plain.config.image;
    const pictures = [1, 2, 3].map(() =>
      Uint8Array.from({ length: 4 * size * size }, () => rng.integer(0, 255))
    );
    const turned = pictures.map((picture) => mirrorPicture(picture, size));
    const [own, other] = [await plain.images.encode(pictures), await plain.images.encode(turned)];
    assert.notDeepEqual(other, own);
    const wanted = own.map((x, i) => (x + (other[i] ?? NaN)) / 2);
    assert.deepEqual(await both.images.encode(pictures), wanted);
    assert.deepEqual(await both.images.encode(turned), wanted);
    const [a, b] = await Promise.all([plain, both].map((clip) => clip.fingerprint()));
    assert.ok(a !== undefined && b !== undefined);
    assert.deepEqual([a, b].map((fingerprint) => wantsMirrored({ fingerprint })), [false, true]);
    const head = await loadHead(join(folder, "head.safetensors"));
    const about = { name: "ViT", fingerprint: b };
    using model = await ClipAu.open(device, both, { ...head, clip: about });
    assert.equal(model.head.clip, about);
    assert.match(
      (await rejection(ClipAu.open(device, plain, { ...head, clip: about }))).message,
      /it learned from pictures with their mirror images: got one that sees them without/,
    );
    const width = plain.config.embedding, mean = new Float32Array(width);
    const enrolled = { clip: a, cropped: true, videos: 1, frames: 5, mean };
    const kind = { clip: b, cropped: true, width };
    assert.match(enrolmentMismatch(enrolled, kind) ?? "", /made without --mirror, and the head/);
    assert.match(
      enrolmentMismatch({ ...enrolled, clip: b }, { ...kind, clip: a }) ?? "",
      /made with --mirror, and the head was trained without/,
    );
    assert.equal(enrolmentMismatch({ ...enrolled, clip: b }, kind), undefined);
  });
});

Deno.test("a head that is trained with mirror images is used with them, without being asked for", async (t) => {
  await withFaces(async (folder) => {
    const commands = commandsIn(folder);
    const run = (command: string, ...args: string[]) => commands(command, ...args, "--model", ".");
    const train = (...args: string[]) =>
      run(
        "train",
        ...["labels.csv", "--features", "features", "--stride", "1", "--frames", "8"],
        ...["--epochs", "1", "--centred", "1", "--held-out", "0.25", ...args],
      );
    const features = () => [...Deno.readDirSync(join(folder, "features"))].length;
    await t.step("it has features of its own, and its card says so", async () => {
      assert.equal((await train("--out", "plain.safetensors")).code, 0);
      const before = features();
      const { code, stderr } = await train("--out", "both.safetensors", "--mirror");
      assert.equal(code, 0, stderr);
      assert.equal(features(), 2 * before);
      const heads = await Promise.all(["plain", "both"].map(async (name) => {
        const { clip } = await loadHead(join(folder, `${name}.safetensors`));
        const card = await Deno.readTextFile(join(folder, `${name}.card.md`));
        return [wantsMirrored(clip), card.includes(", and their mirror images |")];
      }));
      assert.deepEqual(heads, [[false, false], [true, true]]);
    });
    const video = ["person-0/video-1", "--no-face-crop", "--least", "0", "--method", "rest"];
    await t.step("infer and eval see by the head what it wants", async () => {
      for (const name of ["plain", "both"]) {
        const args = [...video, "--head", `${name}.safetensors`, "--json", `${name}.json`];
        const { code, stderr } = await run("infer", ...args);
        assert.equal(code, 0, stderr);
      }
      const [plain, both] = await Promise.all(
        ["plain", "both"].map(async (name) =>
          JSON.parse(await Deno.readTextFile(join(folder, `${name}.json`))).model.clip.fingerprint
        ),
      );
      assert.equal(both, `${plain}+mirrored`);
      const { code, stderr } = await runEval(
        folder,
        ...["--labels", "labels.csv", "--head", "both.safetensors", "--method", "clip-au"],
        ...["--allow-overlap"],
      );
      assert.equal(code, 0, stderr);
    });
    await t.step(
      "an enrolment without mirror images is refused, and how to make it is told",
      async () => {
        const enroll = (...args: string[]) =>
          run("enroll", "--subject", "zoe", "person-0/video-0", "--no-face-crop", ...args);
        const infer = () =>
          run("infer", ...video, "--head", "both.safetensors", "--subject", "zoe");
        assert.equal((await enroll()).code, 0);
        const refused = await infer();
        assert.equal(refused.code, 1);
        assert.match(
          refused.stderr,
          /it was made without --mirror, and the head was trained with it/,
        );
        const again = await enroll("--mirror", "--again");
        assert.equal(again.code, 0, again.stderr);
        const { code, stderr } = await infer();
        assert.equal(code, 0, stderr);
      },
    );
  });
});
