import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bytesSource } from "../io/files/byte_source.ts";
import { openFile } from "../io/files/open_file.ts";
import { FormatError } from "../io/files/format_error.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { openPytorch } from "../io/pytorch/pytorch.ts";
import { bytesPerStored, isStoredType, toFloat32 } from "../io/tensors/stored_type.ts";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import expected from "./golden/pytorch/expected.json" with { type: "json" };
import { storedZip } from "./stored_zip.ts";

const folder = new URL("./golden/pytorch/", import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, folder));
const golden = (file: string) => openTensors(pathOf(file));

/** A pickle out of text and opcodes, with `\xNN` for bytes. */
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** What is in a `.pth`: a pickle and the elements of its storages. */
function pth(pickle: string, storages: Record<string, string> = {}) {
  return storedZip([
    { name: "x/data.pkl", bytes: latin1(pickle) },
    ...Object.entries(storages).map(([key, bytes]) => ({
      name: `x/data/${key}`,
      bytes: latin1(bytes),
    })),
  ]);
}

const openBytes = (bytes: Uint8Array<ArrayBuffer>) => openPytorch(bytesSource("x.pth", bytes));

async function refused(opening: Promise<unknown>, message: string | RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert(error instanceof FormatError, `${error}`);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}

for (const [name, { tensors, metadata }] of Object.entries(expected)) {
  Deno.test(`${name} has the numbers that PyTorch reads from it`, async () => {
    using file = await golden(name);
    assert.deepEqual([...file.tensors.keys()].sort(), Object.keys(tensors).sort());
    const kept = [...file.metadata].filter(([key]) => !/(^|\.)training$/.test(key));
    assert.deepEqual(Object.fromEntries(kept), metadata);
    for (const [tensor, { dtype, shape, numbers }] of Object.entries(tensors)) {
      const stored = file.tensors.get(tensor);
      assert.deepEqual({ dtype: stored?.dtype, shape: stored?.shape }, { dtype, shape }, tensor);
      assert(isStoredType(dtype));
      const bytes = await file.read(tensor);
      assert.deepEqual([...toFloat32(dtype, bytes)], [...new Float32Array(numbers)], tensor);
      const count = shape[0] ?? 1, row = bytes.length / count;
      for (let first = 0; first < count; first++) {
        const one = await file.read(tensor, { first, count: 1 });
        assert.deepEqual(one, bytes.slice(first * row, (first + 1) * row), tensor);
      }
      assert.equal((await file.read(tensor, { first: count, count: 0 })).length, 0);
      await assert.rejects(file.read(tensor, { first: count, count: 1 }), RangeError);
    }
    await assert.rejects(file.read("nothing"), /it has no tensor "nothing"/);
  });
}

Deno.test("64-bit integers in another order keep every bit", async () => {
  using file = await golden("state_dict.pth");
  const bytes = await file.read("views.long_turned");
  assert.deepEqual([...new BigInt64Array(bytes.buffer)], [1n, -3n, 2n ** 40n, 4n]);
});

Deno.test("only what is asked for is read", async () => {
  const source = await openFile(pathOf("state_dict.pth"));
  let total = 0;
  const counting = {
    ...source,
    read(offset: number, length: number) {
      total += length;
      return source.read(offset, length);
    },
  };
  using file = await openPytorch(counting);
  const row = bytesPerStored.F32 * 4;
  await file.read("views.base", { first: 1, count: 1 });
  total = 0;
  await file.read("views.base", { first: 1, count: 1 });
  assert.equal(total, row);
});

Deno.test("what asks for a function that could run is refused by its name", async () => {
  await refused(
    golden("evil.pth"),
    `Cannot read "${pathOf("evil.pth")}": ` +
      "it asks for os.system, which a checkpoint has no need of: refused",
  );
  for (
    const name of ["builtins eval", "argparse Namespace", "numpy.core.multiarray scalar", "torch"]
  ) {
    const global = name.includes(" ") ? name.replace(" ", "\n") : `${name}\n__dict__`;
    await refused(openBytes(pth(`\x80\x02c${global}\n.`)), /it asks for .*: /);
  }
  await refused(
    openBytes(pth("\x80\x02ctorch.storage\n_load_from_bytes\n.")),
    'Cannot read "x.pth": it asks for torch.storage._load_from_bytes, which cannot be read here: ' +
      "save a state dict of plain tensors",
  );
  await refused(openBytes(pth("\x80\x04\x8c\x02os\x8c\x06system\x93.")), /asks for os\.system/);
  // A name is cut, and does not reach the terminal as it is.
  await refused(
    openBytes(pth(`\x80\x02c\x1b[2J${"a".repeat(200)}\nb\n.`)),
    /asks for \\u\{1b\}\[2Ja{96}\.\.\., which/,
  );
});

Deno.test("other kinds of files are refused with a sentence of their own", async () => {
  await refused(golden("legacy.pth"), /PyTorch saved before 1\.6: save it again.*safetensors$/);
  await refused(golden("zip_big_endian.pth"), /its byte order is "big": wanted little/);
  const folder = await Deno.makeTempDir();
  try {
    const refuses = async (contents: string | Uint8Array<ArrayBuffer>, message: RegExp) => {
      const path = `${folder}/file`;
      await Deno.writeFile(path, typeof contents === "string" ? latin1(contents) : contents);
      await refused(openTensors(path), message);
    };
    await refuses("", /: it is empty: download it again$/);
    await refuses(
      "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
      /: it is a git-lfs/,
    );
    await refuses("\n<!DOCTYPE html><html>", /: it is a web page, not the weights/);
    await refuses("GGUF", /: it is neither safetensors nor a PyTorch archive/);
    await refuses(storedZip([]), /: it is a zip, but not PyTorch's: it has no data\.pkl$/);
    await refuses("PK\x03\x04 and no more", /: it has no zip directory at its end: it is cut off$/);
    await refused(openTensors(folder), /: it is a folder: name a file in it$/);
    await assert.rejects(openTensors(`${folder}/nothing`), Deno.errors.NotFound);
    await Deno.writeFile(
      `${folder}/file.pth`,
      encodeSafetensors({ a: { dtype: "F32", shape: [1], data: Float32Array.of(3) } }),
    );
    using file = await openTensors(`${folder}/file.pth`);
    assert.deepEqual(await file.read("a"), new Uint8Array(Float32Array.of(3).buffer));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A tensor over a storage "0" of so many float32, all sizes below 256. */
function tensor(count: number, offset: number, shape: number[], stride: number[]): string {
  const byte = (n: number) => `K${String.fromCharCode(n)}`;
  const tuple = (sizes: number[]) => `(${sizes.map(byte).join("")}t`;
  return "ctorch._utils\n_rebuild_tensor_v2\n" +
    `((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu${byte(count)}tQ` +
    `${byte(offset)}${tuple(shape)}${tuple(stride)}\x89NtR`;
}

const named = (value: string) => `\x80\x02}X\x01\0\0\0a${value}s.`;

Deno.test("a tensor must lie in its storage, and not become more than its file", async () => {
  const eight = { 0: "\0".repeat(32) };
  const open = (...args: Parameters<typeof tensor>) =>
    openBytes(pth(named(tensor(...args)), eight));
  using file = await open(8, 2, [2, 3], [3, 1]);
  assert.deepEqual(file.tensors.get("a")?.shape, [2, 3]);
  await refused(open(8, 3, [2, 3], [3, 1]), /"a" takes 6 elements from 3 on: its storage has 8/);
  await refused(open(9, 0, [2, 3], [3, 1]), /data\/0 in it has 32 bytes: wanted 9 of F32/);
  await refused(open(8, 0, [2, 3], [3]), /a tensor without a storage, a shape or strides/);
  await refused(
    open(8, 0, [200, 200], [0, 0]),
    /"a" would become 160000 bytes, more than the file/,
  );
  await refused(open(8, 0, Array(65).fill(1), Array(65).fill(1)), /a tensor without a storage/);
  const none = await open(8, 0, [255, 255, 0, ...Array(60).fill(255)], Array(63).fill(9));
  assert.equal((await none.read("a")).length, 0);
  await refused(openBytes(pth(named(tensor(8, 0, [1], [1])))), /data\/0, are missing/);
  const long = named(tensor(8, 0, [1], [1])).replace(
    "X\x01\0\0\x000",
    `X\x41\0\0\0${"0".repeat(65)}`,
  );
  await refused(openBytes(pth(long, { ["0".repeat(65)]: "\0".repeat(32) })), /names no storage/);
});

Deno.test("a tensor that is the negative of its storage is refused", async () => {
  const negative = tensor(1, 0, [1], [1])
    .replace("\x89NtR", "\x89N}X\x03\0\0\0neg\x88stR");
  await refused(openBytes(pth(named(negative), { 0: "\0\0\0\0" })), /negative of another/);
});

Deno.test("pickles that contain themselves, or name one thing without end, are refused", async () => {
  await refused(openBytes(pth("\x80\x02}q\0X\x01\0\0\0ah\0s.")), /nested deeper than 64/);
  await refused(openBytes(pth("\x80\x02]q\0(h\0h\0e.")), /nested deeper than 64|longer than/);
  await refused(openBytes(pth("\x80\x02c__torch__\nA\n)\x81q\0h\0b.")), /nested deeper than 64/);
  // Ten lists in each other, each ten times: 10^10 numbers.
  const nested = Array.from({ length: 10 }).reduce(
    (inner: string) => `(${inner}q\0${"h\0".repeat(9)}t`,
    "K\x01",
  );
  await refused(openBytes(pth(`\x80\x02${nested}.`)), /names would be longer than the file/);
  const long = `X\0\x80\0\0${"k".repeat(0x8000)}`;
  const many = "(" + "N".repeat(10_000) + "t";
  await refused(openBytes(pth(`\x80\x02}${long}${many}s.`)), /names would be longer than the file/);
  const deep = "(".repeat(100_000) + "t".repeat(100_000);
  await refused(openBytes(pth(`\x80\x02${deep}.`)), /nested deeper than 64/);
});

Deno.test("a damaged pickle is refused, opcode by opcode", async () => {
  for (
    const [pickle, message] of [
      ["", /ends in the middle/],
      [".", /takes what is not there/],
      ["N", /ends in the middle/],
      ["NN.", /stops too early/],
      ["(N.", /takes what is not there|stops too early/],
      ["N(.", /takes what is not there/],
      ["t.", /takes what is not there/],
      ["h\0.", /takes what is not there/],
      ["q\0.", /takes what is not there/],
      ["\x80\x01.", /protocol 1: wanted 2 to 5/],
      ["i.", /opcode 0x69, which a checkpoint has no need of: refused/],
      ["X\xff\xff\xff\xffab.", /ends in the middle/],
      ["\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", /ends in the middle/],
      ["X\x01\0\0\0\xff.", /text that is not UTF-8/],
      ["\x8a\xff\x01.", /ends in the middle/],
      ["ccollections", /ends in the middle/],
      ["NNR.", /calls what is no function/],
      ["N)\x81.", /makes an object of what is no class/],
      ["NNb.", /sets the state of a null/],
      ["N(Ne.", /appends to what is no list/],
      ["NNNs.", /sets an item of what is no dict/],
      ["}(Nu.", /a key has no value/],
      ["}]Ns.", /a key of a dict is neither text nor a number/],
      ["KAKB\x93.", /is not text/],
      ["NQ.", /names no storage/],
      ["N.", /neither a dict of tensors nor a module/],
    ] as const
  ) {
    await refused(openBytes(pth(pickle)), message);
  }
});

Deno.test("two things of one name are refused", async () => {
  const text = (word: string) => `X${String.fromCharCode(word.length)}\0\0\0${word}`;
  await refused(
    openBytes(pth(`\x80\x02}(${text("a.b")}K\x01${text("a")}}${text("b")}K\x02su.`)),
    'Cannot read "x.pth": it has two of "a.b"',
  );
});
