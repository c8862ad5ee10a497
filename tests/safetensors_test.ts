import assert from "node:assert/strict";
import { bytesSource } from "../io/files/byte_source.ts";
import { openFile } from "../io/files/open_file.ts";
import { FormatError } from "../io/files/format_error.ts";
import { openSafetensors } from "../io/tensors/safetensors.ts";
import { bytesPerStored, type StoredType, toFloat32 } from "../io/tensors/stored_type.ts";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import { writeAtomically } from "../io/files/write_atomically.ts";

/** A file with this header, whatever it says, and so many bytes after it. */
function fileOf(header: unknown, elements = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + bytes.length + elements);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(bytes.length), true);
  file.set(bytes, 8);
  return file;
}

const open = (bytes: Uint8Array<ArrayBuffer>) => openSafetensors(bytesSource("x", bytes));

async function refused(bytes: Uint8Array<ArrayBuffer>, message: RegExp): Promise<void> {
  await assert.rejects(open(bytes), (error) => {
    assert(error instanceof FormatError, `${error}`);
    assert.match(error.message, /^Cannot read "x" as safetensors: /);
    assert.match(error.message, message);
    return true;
  });
}

const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

Deno.test("safetensors: the header must be whole, and JSON in UTF-8 from the first byte", async () => {
  assert.equal((await open(fileOf({}))).tensors.size, 0);
  assert.equal((await open(fileOf("{}      "))).tensors.size, 0);
  await refused(new Uint8Array(0), /got 0 bytes: the file is cut off/);
  await refused(new Uint8Array(7), /got 7 bytes: the file is cut off/);
  for (const length of [3n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    await refused(fileOf("{}", 0, length), /its header should have \d+ bytes: the file has 10/);
  }
  await refused(fileOf("", 4), /does not begin with \{/);
  await refused(fileOf(" {}"), /does not begin with \{/);
  await refused(fileOf("\ufeff{}"), /does not begin with \{/);
  await refused(fileOf("[]"), /does not begin with \{/);
  await refused(fileOf("{"), /is not JSON/);
  await refused(fileOf("{}x"), /is not JSON/);
  await refused(fileOf('{"\u0001":1}'), /is not JSON/);
  await refused(fileOf("{}").fill(0xff, 9, 10), /is not JSON/);
});

Deno.test("safetensors: a tensor has a known type, whole sizes, and bytes to match", async () => {
  const file = await open(fileOf({ a: entry(0, 24, [2, 3]), b: entry(24, 28, []) }, 28));
  assert.deepEqual(file.tensors.get("a")?.shape, [2, 3]);
  const one = (value: unknown) => refused(fileOf({ a: value }, 24), /"a"/);
  const whole = entry(0, 24);
  for (const dtype of [undefined, null, 4, "f32", "F128", "toString", ["F32"], { toString: 1 }]) {
    await one({ ...whole, dtype });
  }
  for (const shape of [undefined, 6, "6", [6.5], [-6], [-2, -3], ["6"], [null], [[6]], [2 ** 60]]) {
    await one({ ...whole, shape });
  }
  for (const offsets of [undefined, 0, [], [24], [0, 24, 24], [24, 0], [-4, 20], [0.5, 24.5]]) {
    await one({ ...whole, data_offsets: offsets });
  }
  for (const value of [null, 1, "a", [], {}]) await one(value);
  await one(entry(0, 24, [7]));
  await one({ ...whole, shape: [2 ** 53 - 1, 2 ** 53 - 1] });
  await one({ ...whole, shape: Array(1000).fill(2 ** 50) });
  await one({ ...whole, shape: [...Array(1000).fill(2 ** 50), 0] });
});

Deno.test("safetensors: the tensors cover all bytes, without a hole or an overlap", async () => {
  await refused(fileOf({ a: entry(4, 8) }, 8), /"a" begins at 4: wanted 0/);
  await refused(fileOf({ a: entry(0, 8), b: entry(4, 8) }, 8), /"b" begins at 4: wanted 8/);
  await refused(fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12), /"b" begins at 8: wanted 4/);
  await refused(fileOf({ a: entry(0, 4), b: entry(0, 4) }, 4), /begins at 0: wanted 4/);
  await refused(fileOf({ a: entry(0, 8) }, 12), /take 8 bytes: after the header there are 12/);
  await refused(fileOf({ a: entry(0, 8) }, 4), /take 8 bytes: after the header there are 4/);
  await refused(fileOf({}, 1), /take 0 bytes: after the header there are 1/);
  const file = await open(
    fileOf({ b: entry(4, 8), none: entry(4, 4, [0, 9]), a: entry(0, 4), last: entry(8, 8) }, 8),
  );
  assert.equal((await file.read("none")).length, 0);
  assert.equal((await file.read("none", { first: 0, count: 0 })).length, 0);
});

Deno.test("safetensors: the metadata maps names to text", async () => {
  const file = await open(fileOf({ __metadata__: { format: "pt", __proto: "x" } }));
  assert.deepEqual([...file.metadata], [["format", "pt"], ["__proto", "x"]]);
  for (const value of [null, 1, "pt", [], ["pt"], { format: 1 }, { format: null }]) {
    await refused(fileOf({ __metadata__: value }), /__metadata__ must map names to text/);
  }
});

Deno.test("safetensors: what a broken file says is cut before it is shown", async () => {
  const name = "a\u001b[2J".repeat(1000);
  await assert.rejects(open(fileOf({ [name]: entry(4, 8) }, 8)), ({ message }: Error) => {
    assert(message.length < 1000 && !message.includes("\u001b"), message);
    return true;
  });
  await refused(fileOf(`{"a":{"dtype":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`), /object/);
});

Deno.test("safetensors: what is written is read again, all of it and row by row", async () => {
  const a = Float32Array.of(1, 2, 3, 4, 5, 6), b = Uint8Array.of(7, 8, 9);
  const bytes = encodeSafetensors({
    b: { dtype: "U8", shape: [3], data: b },
    a: { dtype: "F32", shape: [3, 2], data: a },
    one: { dtype: "F64", shape: [], data: Float64Array.of(0.1) },
    none: { dtype: "I16", shape: [0, 2], data: new Int16Array(0) },
    ["__proto__"]: { dtype: "BOOL", shape: [1], data: Uint8Array.of(1) },
    "ein Name, \u{1f600}": { dtype: "I8", shape: [1, 1], data: Int8Array.of(-1) },
  }, { made: "here" });
  const file = await open(bytes);
  assert.deepEqual([...file.metadata], [["made", "here"]]);
  assert.deepEqual(
    [...file.tensors.keys()].sort(),
    ["__proto__", "a", "b", "ein Name, \u{1f600}", "none", "one"],
  );
  assert.deepEqual(toFloat32("F32", await file.read("a")), a);
  assert.deepEqual(await file.read("b"), b);
  const rows = (first: number, count: number) => file.read("a", { first, count });
  assert.deepEqual(toFloat32("F32", await rows(1, 2)), Float32Array.of(3, 4, 5, 6));
  assert.equal((await rows(3, 0)).length, 0);
  assert.deepEqual(await file.read("one", { first: 0, count: 1 }), await file.read("one"));
  for (const [first, count] of [[0, 4], [3, 1], [-1, 1], [0, -1], [0.5, 1], [NaN, 1]] as const) {
    assert.throws(() => rows(first, count), RangeError);
  }
  assert.throws(() => file.read("c"), { message: 'Cannot read "x": it has no tensor "c"' });
});

Deno.test("safetensors: what does not fit is not written", () => {
  const data = new Float32Array(3);
  assert.throws(() => encodeSafetensors({ a: { dtype: "F32", shape: [4], data } }), {
    message: 'Cannot write tensor "a": got 12 bytes: F32 [4] takes 16',
  });
  assert.throws(
    () => encodeSafetensors({ __metadata__: { dtype: "F32", shape: [3], data } }),
    /the format keeps that name for itself/,
  );
});

Deno.test("every element type becomes float32, from any place in the memory", () => {
  const cases: [StoredType, ArrayBufferView<ArrayBuffer>, number[]][] = [
    ["F64", Float64Array.of(0.1, -2, 1e300), [Math.fround(0.1), -2, Infinity]],
    ["F32", Float32Array.of(0.5, -0, NaN), [0.5, -0, NaN]],
    ["F16", Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0xfc00), [
      ...[1, -2, 2 ** -24, 65504, -Infinity],
    ]],
    ["BF16", Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80), [1, -2, 2 ** -133, Infinity]],
    ["I64", BigInt64Array.of(-5n, 2n ** 24n, 2n ** 24n + 1n), [-5, 2 ** 24, 2 ** 24]],
    ["U64", BigUint64Array.of(5n, 2n ** 63n), [5, 2 ** 63]],
    ["I32", Int32Array.of(-5, 7), [-5, 7]],
    ["U32", Uint32Array.of(0xffffffff, 7), [2 ** 32, 7]],
    ["I16", Int16Array.of(-5, 7), [-5, 7]],
    ["U16", Uint16Array.of(65535, 7), [65535, 7]],
    ["I8", Int8Array.of(-5, 7), [-5, 7]],
    ["U8", Uint8Array.of(255, 7), [255, 7]],
    ["BOOL", Uint8Array.of(0, 1), [0, 1]],
  ];
  for (const [dtype, { buffer }, numbers] of cases) {
    const shifted = new Uint8Array([0, ...new Uint8Array(buffer)]).subarray(1);
    assert.deepEqual([...toFloat32(dtype, new Uint8Array(buffer))], numbers, dtype);
    assert.deepEqual([...toFloat32(dtype, shifted)], numbers, dtype);
  }
  const others = ["F8_E4M3", "F8_E5M2"] as const;
  for (const dtype of others) assert.throws(() => toFloat32(dtype, new Uint8Array(1)), TypeError);
  assert.deepEqual(
    [...cases.map(([dtype]) => dtype), ...others].sort(),
    Object.keys(bytesPerStored).sort(),
  );
});

Deno.test("writeAtomically() shows the old file or the new one, and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/file`;
  const names = async () => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  try {
    await writeAtomically(path, "old");
    await writeAtomically(path, new TextEncoder().encode("new"));
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(await names(), ["file"]);
    await Deno.mkdir(`${folder}/full/inside`, { recursive: true });
    await assert.rejects(writeAtomically(`${folder}/full`, "x"));
    await assert.rejects(writeAtomically(`${folder}/nowhere/file`, "x"));
    assert.deepEqual((await names()).sort(), ["file", "full"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file on disk is read in any order, and never over its end", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, Uint8Array.of(0, 1, 2, 3, 4, 5));
    using source = await openFile(path);
    const parts = await Promise.all([source.read(4, 2), source.read(0, 3), source.read(6, 0)]);
    assert.deepEqual(parts.map((part) => [...part]), [[4, 5], [0, 1, 2], []]);
    for (const [offset, length] of [[5, 2], [7, 0], [-1, 2], [0, -1], [0, 2 ** 60], [0.5, 1]]) {
      await assert.rejects(source.read(offset ?? 0, length ?? 0), FormatError);
    }
    await Deno.truncate(path, 3);
    await assert.rejects(source.read(2, 4), /it became shorter/);
  } finally {
    await Deno.remove(path);
  }
});
