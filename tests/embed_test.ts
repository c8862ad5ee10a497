import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { bytesSource } from "../io/files/byte_source.ts";
import { encodeNpy } from "../io/tensors/npy.ts";
import { openSafetensors } from "../io/tensors/safetensors.ts";
import { toFloat32 } from "../io/tensors/stored_type.ts";
import { readImage } from "../media/read_image.ts";
import { runDeno } from "./fakes.ts";
import { smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** A folder with a model, two images and what is none. */
async function withModel(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "model.safetensors"), await smallClipBytes());
    await Deno.writeTextFile(
      join(folder, "tokenizer.json"),
      smallVocabularyFiles["tokenizer.json"],
    );
    for (const [name, red] of [["a.png", 255], ["b.jpg", 0]] as const) {
      await sharp({
        create: { width: 40, height: 30, channels: 3, background: { r: red, g: 90, b: 20 } },
      })
        .toFile(join(folder, name));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function embed(folder: string, ...args: string[]) {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
  const env = {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "none"),
    AUTT_MODELS: join(folder, "none"),
  };
  return runDeno(["run", "--quiet", ...allow, "main.ts", "embed", ...args], env);
}

Deno.test("embed prints similarities and writes the same numbers in every format", async () => {
  await withModel(async (folder) => {
    const { code, stdout, stderr } = await embed(
      folder,
      ...["a.png", "b.jpg", "--model", ".", "--text", "hello", "--text", "eyebrow raised"],
      ...["--out", "e.json", "--out", "e.npy", "--out", "e.safetensors"],
    );
    assert.equal(code, 0, stderr);
    const json = JSON.parse(await Deno.readTextFile(join(folder, "e.json")));
    const [image, text] = [json.images[1], json.texts[0]];
    assert.deepEqual([image.path, text.text, json.unit_length], ["b.jpg", "hello", true]);
    const cosine = image.embedding.reduce(
      (sum: number, x: number, i: number) => sum + x * text.embedding[i],
      0,
    );
    const [, , b = ""] = stdout.split("\n");
    assert.match(stdout, /^ +hello +eyebrow raised\n/);
    assert.ok(b.startsWith("b.jpg") && b.includes(cosine.toFixed(4)), `${b}: ${cosine}`);
    const shares = [...stdout.split("\n")[1]!.matchAll(/([\d.]+) %/g)].map(([, share]) =>
      Number(share)
    );
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) < 0.2, stdout);

    const rows = [...json.images, ...json.texts].flatMap(({ embedding }) => embedding);
    const npy = await Deno.readFile(join(folder, "e.npy"));
    assert.deepEqual(npy, encodeNpy([4, 48], Float32Array.from(rows)));
    using file = await openSafetensors(
      bytesSource("e", await Deno.readFile(join(folder, "e.safetensors"))),
    );
    assert.deepEqual(
      [
        ...toFloat32("F32", await file.read("images")),
        ...toFloat32("F32", await file.read("texts")),
      ],
      rows,
    );
    assert.equal(file.metadata.get("texts"), '["hello","eyebrow raised"]');
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.endsWith(".part")
    );
    assert.deepEqual(left, []);
  });
});

Deno.test("embed compares texts with texts, from a file as well", async () => {
  await withModel(async (folder) => {
    await Deno.writeTextFile(join(folder, "texts.txt"), "hello\n\nhello\r\nraised\n");
    const { code, stdout } = await embed(
      folder,
      "--model",
      "model.safetensors",
      "--texts",
      "texts.txt",
    );
    assert.equal(code, 0);
    const rows = stdout.trimEnd().split("\n").slice(1).map((line) => line.trim().split(/ +/));
    assert.deepEqual(rows.map(([name]) => name), ["hello", "hello", "raised"]);
    assert.deepEqual([rows[0]?.[1], rows[0]?.[2], rows[2]?.[3]], ["1.0000", "1.0000", "1.0000"]);
  });
});

const refused: readonly (readonly [string, string[], number, RegExp])[] = [
  ["nothing to embed", [], 2, /Cannot embed nothing: name images, or texts with --text/],
  [
    "another ending",
    ["a.png", "--out", "e.csv"],
    2,
    /Cannot write "e.csv": its ending must be one of .json/,
  ],
  [
    "a model that is not here",
    ["a.png", "--model", "vit-b-32"],
    1,
    /get it with `\.\/autt weights vit-b-32`/,
  ],
  [
    "no such image",
    ["no.png", "--model", "."],
    1,
    /Cannot read ".*no.png" as an image: it is not there/,
  ],
  [
    "what is no image",
    ["tokenizer.json", "--model", "."],
    1,
    /Cannot read ".*" as an image: Input file contains/,
  ],
  ["a folder", [".", "--model", "."], 1, /Cannot read ".*" as an image: it is not a file/],
  [
    "too long a text",
    ["--model", ".", "--text", "hello ".repeat(19)],
    1,
    /it has 19 tokens: 18 is the most/,
  ],
  [
    "what is no checkpoint",
    ["a.png", "--model", "a.png"],
    1,
    /it is neither safetensors nor a PyTorch archive/,
  ],
  ["a folder without weights", ["a.png", "--model", "none"], 1, /Cannot find the model "none"/],
];
Deno.test("embed refuses, in a sentence and with its exit code", async (t) => {
  await withModel(async (folder) => {
    for (const [what, args, wanted, says] of refused) {
      await t.step(what, async () => {
        const { code, stdout, stderr } = await embed(folder, ...args, "--out", "e.json");
        assert.equal(code, wanted, stderr);
        const lines = stderr.trim().split("\n").filter((line) => !line.startsWith("adapter: "));
        assert.equal(lines.length, 1, stderr);
        assert.match(lines[0] ?? "", says);
        assert.equal(stdout, "");
        await assert.rejects(Deno.stat(join(folder, "e.json")), Deno.errors.NotFound);
      });
    }
  });
});

Deno.test("too long a text is cut on request", async () => {
  await withModel(async (folder) => {
    const { code } = await embed(
      folder,
      "--model",
      ".",
      "--text",
      "hello ".repeat(19),
      "--truncate",
    );
    assert.equal(code, 0);
  });
});

Deno.test("images of every kind are read as three colours of eight bits", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const red = {
      width: 3,
      height: 2,
      channels: 4 as const,
      background: { r: 200, g: 10, b: 30, alpha: 0.5 },
    };
    const kinds = {
      "alpha.png": sharp({ create: red }),
      "grey.png": sharp({ create: { ...red, channels: 3 } }).greyscale(),
      "deep.png": sharp({ create: { ...red, channels: 3 } }).toColourspace("rgb16").png(),
      "palette.png": sharp({ create: { ...red, channels: 3 } }).png({ palette: true }),
      "a.webp": sharp({ create: red }).webp({ lossless: true }),
      "a.gif": sharp({ create: { ...red, channels: 3 } }).gif(),
    };
    for (const [name, image] of Object.entries(kinds)) {
      await image.toFile(join(folder, name));
      const { width, height, data } = await readImage(join(folder, name));
      assert.deepEqual([width, height, data.length], [3, 2, 18], name);
      if (name === "grey.png") assert.ok(data.every((byte) => byte === data[0]), name);
      else {assert.ok(
          [200, 10, 30].every((byte, i) => Math.abs((data[i] ?? 0) - byte) < 3),
          `${name} ${data}`,
        );}
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an npy file has NumPy's header, and its numbers at a multiple of 64", () => {
  const bytes = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual([...bytes.subarray(0, 10)], [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  const header = new TextDecoder().decode(bytes.subarray(10, 128));
  assert.match(header, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3,\), \} +\n$/);
  assert.deepEqual([...new Float32Array(bytes.buffer, 128)], [1, 2, 3, 4, 5, 6]);
  assert.throws(() => encodeNpy([2], new Float32Array(3)), /got 3 numbers: \[2\] takes 2/);
});
