import assert from "node:assert/strict";
import { Rng } from "../numbers/rng.ts";
import { type ByteSource, bytesSource } from "../io/files/byte_source.ts";
import { FormatError } from "../io/files/format_error.ts";
import { openPytorch } from "../io/pytorch/pytorch.ts";
import { openSafetensors } from "../io/tensors/safetensors.ts";
import { bytesPerStored, type StoredType } from "../io/tensors/stored_type.ts";
import type { TensorFile } from "../io/tensors/tensor_file.ts";
import { encodeSafetensors, type TensorToWrite } from "../io/tensors/write_safetensors.ts";
import { openZip } from "../io/pytorch/zip.ts";
import { extremes, mutateBytes, mutateJson, mutatePickle, mutateZip } from "./mutations.ts";
import { joined, type StoredEntry, storedZip } from "./stored_zip.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Elements = Map<string, { dtype: StoredType; shape: readonly number[]; bytes: Bytes }>;

/** More than a small file may cost beyond its own size: what an inflated entry may have. */
const constant = 2 ** 20;

/** A source that keeps count of what is asked of it. */
function watched(bytes: Bytes) {
  const source = bytesSource("mutated", bytes), asked = { largest: 0, total: 0 };
  const watching: ByteSource = {
    ...source,
    read(offset, length) {
      asked.largest = Math.max(asked.largest, length);
      asked.total += length;
      return source.read(offset, length);
    },
  };
  return { source: watching, asked };
}

/**
 * Reads all of a file. What is refused, at first or by a checksum later, gives the reason; any other
 * error, and memory beyond the file's size, fails the test.
 */
async function readAll(
  bytes: Bytes,
  open: (source: ByteSource) => Promise<TensorFile>,
  rng: Rng,
): Promise<Elements | string> {
  const { source, asked } = watched(bytes), elements: Elements = new Map();
  try {
    const file = await open(source);
    assert(asked.total <= 4 * bytes.length + 1000, `${asked.total} read of ${bytes.length}`);
    for (const [name, { dtype, shape }] of file.tensors) {
      asked.total = 0;
      const read = await file.read(name), count = shape[0] ?? 1;
      assert(asked.total <= bytes.length + 1000 && asked.largest <= bytes.length);
      assert(read.byteLength <= bytes.length + constant);
      const size = shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, bytesPerStored[dtype]);
      assert.equal(read.byteLength, size);
      const first = rng.integer(0, count), rows = { first, count: rng.integer(0, count - first) };
      const row = count === 0 ? 0 : size / count;
      const some = await file.read(name, rows);
      assert.deepEqual(some, read.slice(first * row, (first + rows.count) * row));
      elements.set(name, { dtype, shape, bytes: read });
    }
    return elements;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

/** Runs all cases, and says in how many ways how many were refused. */
async function survive(cases: number, one: (rng: Rng) => Promise<Elements | string>) {
  const reasons = new Set<string>();
  let read = 0, slowest = 0, largest = 0;
  const memory = () => Deno.memoryUsage().heapUsed + Deno.memoryUsage().external;
  const before = memory();
  for (let seed = 1; seed <= cases; seed++) {
    const start = performance.now();
    try {
      const result = await one(new Rng(seed));
      if (typeof result !== "string") read++;
      // Without what differs from case to case.
      else reasons.add(result.replace(/"[^"]*"|\d+/g, "#").slice(0, 80));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (seed % 100 === 0) largest = Math.max(largest, memory() - before);
  }
  assert(slowest < 5000, `the slowest took ${slowest} ms`);
  assert(largest < 2 ** 28, `${largest} bytes were taken`);
  return { read, refused: cases - read, reasons: reasons.size };
}

const typed: Readonly<Record<string, TensorToWrite>> = {
  weight: { dtype: "F32", shape: [4, 3], data: Float32Array.from({ length: 12 }, Math.sqrt) },
  bias: { dtype: "F64", shape: [4], data: Float64Array.of(1, 2, 3, 4) },
  half: { dtype: "F16", shape: [2, 2], data: Uint16Array.of(1, 2, 3, 4) },
  ids: { dtype: "I64", shape: [1, 2], data: BigInt64Array.of(1n, -2n) },
  scale: { dtype: "BF16", shape: [], data: Uint16Array.of(0x3f80) },
  none: { dtype: "I32", shape: [0, 7], data: new Int32Array(0) },
  mask: { dtype: "BOOL", shape: [5], data: Uint8Array.of(0, 1, 0, 1, 1) },
};

/** A header, with the length before it that it has or, now and then, another. */
function withLength(rng: Rng, header: string, elements: Bytes): Bytes {
  const text = new TextEncoder().encode(header), length = new BigUint64Array([BigInt(text.length)]);
  if (rng.uniform() < 0.05) length[0] = BigInt.asUintN(64, rng.pick(extremes));
  return joined([new Uint8Array(length.buffer), text, elements]);
}

/** Tensors that are as the original has them must have its elements, but where these were touched. */
function compare(found: Elements, original: Elements, bytesOf: (name: string) => Bytes): void {
  for (const [name, { dtype, shape, bytes }] of found) {
    const before = original.get(name);
    assert.deepEqual({ dtype, shape }, { dtype: before?.dtype, shape: before?.shape });
    assert.deepEqual(bytes, bytesOf(name), name);
  }
}

Deno.test("10,000 mutated safetensors files are read or refused", async () => {
  const whole = encodeSafetensors(typed, { format: "pt" });
  const original = await readAll(whole, openSafetensors, new Rng(0)) as Elements;
  const headerEnd = 8 + new DataView(whole.buffer).getUint32(0, true);
  const text = new TextDecoder().decode(whole.subarray(8, headerEnd));
  const places = new Map(
    Object.entries(JSON.parse(text) as Record<string, { data_offsets?: [number, number] }>)
      .map(([name, { data_offsets: [start, end] = [0, 0] }]) => [name, [start, end] as const]),
  );
  const counts = await survive(10_000, async (rng) => {
    let bytes = whole;
    if (rng.uniform() < 0.5) {
      const header = mutateJson(rng, JSON.parse(text));
      bytes = withLength(rng, JSON.stringify(header), whole.slice(headerEnd));
    } else for (let n = rng.integer(1, 3); n > 0; n--) bytes = mutateBytes(rng, bytes);
    const found = await readAll(bytes, openSafetensors, rng);
    const sameHeader = whole.subarray(0, headerEnd).every((byte, i) => byte === bytes[i]);
    if (typeof found !== "string" && sameHeader) {
      compare(found, original, (name) => {
        const [start, end] = places.get(name) ?? [0, 0];
        return bytes.slice(headerEnd + start, headerEnd + end);
      });
    }
    return found;
  });
  assert(counts.read > 500 && counts.refused > 5000 && counts.reasons > 15, JSON.stringify(counts));
});

const archives = ["state_dict.pth", "types.pth", "f16.pth", "bf16_protocol_4.pth", "module.pt"];

interface Archive {
  readonly whole: Bytes;
  readonly original: Elements;
  readonly entries: readonly StoredEntry[];
}

async function readArchive(name: string): Promise<Archive> {
  const whole = await Deno.readFile(new URL(`./golden/pytorch/${name}`, import.meta.url));
  const original = await readAll(whole, openPytorch, new Rng(0));
  assert(typeof original !== "string", `${original}`);
  const zip = await openZip(bytesSource(name, whole));
  const entries = [...zip.entries.values()].filter(({ name }) => !name.includes("/code/"))
    .map(async (entry) => ({ name: entry.name, bytes: await zip.read(entry) }));
  return { whole, original, entries: await Promise.all(entries) };
}

Deno.test("1,000 archives whose pickle is mutated are read or refused", async () => {
  const all = await Promise.all(archives.map(readArchive));
  const counts = await survive(1000, async (rng) => {
    const { entries } = rng.pick(all as [Archive]);
    const mutated = entries.map(({ name, bytes }) => {
      if (!name.endsWith("/data.pkl")) return { name, bytes };
      for (let n = rng.integer(1, 2); n > 0; n--) bytes = mutatePickle(rng, bytes);
      return { name, bytes };
    });
    return await readAll(storedZip(mutated), openPytorch, rng);
  });
  assert(counts.read > 30 && counts.refused > 500 && counts.reasons > 20, JSON.stringify(counts));
});

Deno.test("1,000 mutated archives are read or refused", async () => {
  const all = await Promise.all([...archives, "zip_deflated.pth"].map(readArchive));
  const counts = await survive(1000, async (rng) => {
    const { whole, original } = rng.pick(all as [Archive]);
    let bytes = whole;
    for (let n = rng.integer(1, 2); n > 0; n--) bytes = mutateZip(rng, bytes);
    const found = await readAll(bytes, openPytorch, rng);
    // Views of a part of a storage have no checksum.
    if (typeof found !== "string") {
      for (const name of found.keys()) if (name.startsWith("views.")) found.delete(name);
      compare(found, original, (name) => original.get(name)?.bytes ?? new Uint8Array(0));
    }
    return found;
  });
  assert(counts.read > 50 && counts.refused > 500 && counts.reasons > 15, JSON.stringify(counts));
});
