import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import {
  compareLogits,
  logitTolerance,
  publishedNumbers,
} from "../app/weights/published_numbers.ts";
import { pinnedModels } from "../io/hub/model_files.ts";
import { gpuTest } from "./devices.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

Deno.test("logits agree with the published ones, or are told to be too far", () => {
  for (const published of publishedNumbers) {
    assert.ok(pinnedModels.some(({ name }) => name === published.model));
    assert.equal(published.texts.length, published.logits.length);
    const near = published.logits.map((x) => x + 0.9 * logitTolerance);
    assert.equal(compareLogits(published, near).agree, true);
    // Texts in the wrong order, quick_gelu taken for gelu, no scale: all of these are off by more.
    for (
      const wrong of [
        published.logits.toReversed(),
        published.logits.map((x) => x + 1.1 * logitTolerance),
        published.logits.map(() => NaN),
        [],
      ]
    ) assert.equal(compareLogits(published, wrong).agree, false);
  }
  assert.deepEqual(compareLogits(publishedNumbers[0]!, [24.57, 1]).lines, [
    "a photo of a cat: 24.5700, published 24.5701",
    "a photo of a dog: 1.0000, published 19.3049, TOO FAR",
  ]);
});

/** A folder of models with a made-up one by the name of a real one, and a server that has pictures. */
async function madeUp() {
  const folder = await temporaryFolder(), models = join(folder.path, "models");
  await Deno.mkdir(join(models, "vit-b-32"), { recursive: true });
  await Deno.writeFile(join(models, "vit-b-32/model.safetensors"), await smallClipBytes());
  await Deno.writeTextFile(
    join(models, "vit-b-32/tokenizer.json"),
    smallVocabularyFiles["tokenizer.json"],
  );
  const grey = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: { r: 90, g: 120, b: 80 } } }).jpeg()
      .toBuffer();
  const pictures: Record<string, Uint8Array<ArrayBuffer>> = {
    "/right.jpg": new Uint8Array(await grey(640, 480)),
    "/small.jpg": new Uint8Array(await grey(64, 48)),
    "/large.jpg": new Uint8Array(10_000_001),
  };
  await Deno.writeFile(join(folder.path, "right.jpg"), pictures["/right.jpg"]!);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) => {
      const bytes = pictures[new URL(url).pathname];
      return bytes ? new Response(bytes) : new Response(null, { status: 404 });
    },
  );
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
  const env = {
    INIT_CWD: folder.path,
    HF_HUB_CACHE: join(folder.path, "hub"),
    AUTT_MODELS: models,
    TMPDIR: folder.path,
  };
  return {
    address: (name: string) => `http://127.0.0.1:${server.addr.port}/${name}`,
    files: () => [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(),
    check: (args: string[], net = true) =>
      runDeno([
        ...["run", "--quiet", "--no-prompt", ...allow, ...net ? ["--allow-net=127.0.0.1"] : []],
        ...["main.ts", "weights", "--check", ...args],
      ], env),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
}

gpuTest(
  "weights --check tells weights that are not the published ones, by a file or an address",
  async () => {
    await using place = await madeUp();
    const before = place.files();
    const [fetched, local] = await Promise.all([
      place.check(["vit-b-32", "--picture", place.address("right.jpg")]),
      place.check(["vit-b-32", "--picture", "right.jpg", "--offline"], false),
    ]);
    for (const { code, stdout, stderr } of [fetched, local]) {
      assert.equal(code, 1, stderr);
      assert.match(stdout, /^a photo of a cat: -?\d+\.\d{4}, published 24\.5701, TOO FAR\n/);
      assert.match(
        stdout,
        /\nvit-b-32 does not give the numbers of Hugging Face's tests of CLIP: /,
      );
    }
    assert.equal(fetched.stdout, local.stdout);
    assert.deepEqual(place.files(), before, "the fetched picture is removed");
  },
);

Deno.test("weights --check refuses another picture, and says what it lacks", async () => {
  await using place = await madeUp();
  for (
    const [args, code, message] of [
      [
        ["vit-b-32", "--picture", place.address("small.jpg")],
        1,
        /it has 64 x 48 pixels: wanted http/,
      ],
      [
        ["vit-b-32", "--picture", place.address("large.jpg")],
        1,
        /it is larger than any such picture/,
      ],
      [
        ["vit-b-32", "--picture", place.address("none.jpg")],
        1,
        /the server answers 404: name a copy/,
      ],
      [["vit-b-32", "--offline"], 1, /Cannot fetch http:.* offline: name a copy of that picture/],
      [["vit-b-16"], 2, /numbers to compare with are published of vit-b-32 only/],
      [["vit-b-32", "vit-b-32"], 2, /Cannot check and get at once/],
    ] as const
  ) {
    const result = await place.check([...args]);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, message);
  }
});

Deno.test("weights --check says how to get weights that are not there", async () => {
  await using folder = await temporaryFolder();
  const { code, stderr } = await runDeno(
    ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "main.ts", "weights"].concat([
      "--check",
      "vit-b-32",
    ]),
    { HF_HUB_CACHE: folder.path, AUTT_MODELS: folder.path },
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot check "vit-b-32": it is not on this machine: get it with `\.\/autt/,
  );
});
