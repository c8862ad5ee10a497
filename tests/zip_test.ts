import assert from "node:assert/strict";
import { bytesSource } from "../io/files/byte_source.ts";
import { FormatError } from "../io/files/format_error.ts";
import { openPytorch } from "../io/pytorch/pytorch.ts";
import { openZip } from "../io/pytorch/zip.ts";
import { joined, storedZip } from "./stored_zip.ts";

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const openBytes = (bytes: Uint8Array<ArrayBuffer>) => openPytorch(bytesSource("x.pth", bytes));

async function refused(opening: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert(error instanceof FormatError, `${error}`);
    assert.match(error.message, message);
    return true;
  });
}

const entries = [
  { name: "x/data.pkl", bytes: latin1("\x80\x02}.") },
  { name: "x/version", bytes: latin1("3\n") },
];

/** A change in the first place where a zip has a record of this kind. */
function changed(bytes: Uint8Array<ArrayBuffer>, signature: string, at: number, value: number) {
  const start = new TextDecoder("latin1").decode(bytes).indexOf(signature);
  assert(start >= 0);
  return bytes.with(start + at, value);
}

Deno.test("a zip must be whole, in one part, plain, and without two of one name", async () => {
  const whole = storedZip(entries), record = "PK\x01\x02", end = "PK\x05\x06";
  await openBytes(whole);
  const open = (...change: [string, number, number]) => openBytes(changed(whole, ...change));
  await refused(open(end, 8, 3), /one part of a zip in several parts/);
  await refused(open(end, 4, 1), /one part of a zip in several parts/);
  await refused(open(end, 12, 0), /zip directory is damaged/);
  await refused(open("PK\x03\x04", 28, 1), /what its zip directory says .* is not so/);
  await refused(open(end, 19, 9), /reaches over its end/);
  await refused(open(end, 16, 3), /zip directory is damaged/);
  await refused(open(record, 8, 1), /"x\/data\.pkl" in it is encrypted/);
  await refused(open(record, 34, 1), /one part of a zip in several parts/);
  await refused(open(record, 10, 8), /what its zip directory says about "x\/data\.pkl" is not so/);
  await refused(open(record, 20, 9), /is stored in 9 bytes: it has 4/);
  await refused(open(record, 16, 9), /checksum of "x\/data\.pkl" in it is wrong/);
  const unsummed = [16, 17, 18, 19].reduce((zip, at) => changed(zip, record, at, 0), whole);
  await openBytes(unsummed);
  await refused(open(record, 42, 60), /reaches over byte/);
  await refused(open(record, 46, 0x79), /another name in its zip directory/);
  await refused(open(record, 46, 0xff), /is not UTF-8/);
  await refused(openBytes(whole.subarray(0, -1).slice()), /no zip directory at its end/);
  await refused(openBytes(storedZip([...entries, ...entries])), /two entries "x\/(data|version)/);
  await refused(
    openBytes(storedZip([...entries, { name: "y/data.pkl", bytes: latin1("\x80\x02}.") }])),
    /more than one data\.pkl/,
  );
});

Deno.test("a zip may have a comment, which is as long as it says", async () => {
  const whole = storedZip(entries), comment = new Uint8Array(0xffff).fill(0x20);
  const commented = changed(changed(whole, "PK\x05\x06", 20, 0xff), "PK\x05\x06", 21, 0xff);
  await openBytes(new Uint8Array([...commented, ...comment]));
  await refused(openBytes(new Uint8Array([...commented, ...comment.subarray(1)])), /at its end/);
});

Deno.test("a deflated entry that becomes too large is refused before it is inflated", async () => {
  const bytes = await Deno.readFile(new URL("./golden/pytorch/zip_deflated.pth", import.meta.url));
  const start = new TextDecoder("latin1").decode(bytes).indexOf("PK\x01\x02");
  const open = async (size: number) => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(start + 24, size, true);
    const zip = await openZip(bytesSource("x.zip", copy));
    const [entry] = zip.entries.values();
    assert(entry);
    return await zip.read(entry);
  };
  const real = new DataView(bytes.buffer).getUint32(start + 24, true);
  assert.equal((await open(real)).length, real);
  await refused(open(real - 1), /cannot be inflated: more than/);
  await refused(open(real + 1), /cannot be inflated: \d+ bytes: wanted/);
  await refused(open(2 ** 30), /would become 1073741824 bytes: the file has \d+/);
});

Deno.test("the two ends of a zip64 must agree, and its parts be there", async () => {
  const whole = await Deno.readFile(
    new URL("./golden/pytorch/state_dict.pth", import.meta.url),
  );
  await openBytes(whole);
  const end = "PK\x05\x06", end64 = "PK\x06\x06", locator = "PK\x06\x07";
  const open = (...change: [string, number, number]) => openBytes(changed(whole, ...change));
  for (const [record, at] of [[end, 12], [end, 16], [end64, 40], [end64, 48]] as const) {
    await refused(open(record, at, 1), /two zip end records contradict each other/);
  }
  await refused(open(end64, 24, 1), /one part of a zip in several parts/);
  await refused(open(end64, 16, 1), /one part of a zip in several parts/);
  await refused(open(locator, 16, 2), /one part of a zip in several parts/);
  for (const [record, at] of [[end64, 0], [locator, 8], [locator, 15]] as const) {
    await refused(open(record, at, 0x7f), /zip64 end record is missing/);
  }
  const counts = changed(changed(whole, end, 8, 1), end, 10, 1);
  await refused(openBytes(counts), /two zip end records contradict each other/);
});

/** A zip with one entry, `far`, that begins behind `hole` bytes: all its numbers are wide ones. */
function farZip(hole: number): Uint8Array<ArrayBuffer> {
  const near = storedZip([{ name: "far", bytes: latin1("elements") }]);
  const text = new TextDecoder("latin1").decode(near);
  const directory = text.indexOf("PK\x01\x02"), end = text.indexOf("PK\x05\x06");
  const record = near.slice(directory, end), view = new DataView(record.buffer);
  view.setUint16(30, 28, true);
  for (const at of [20, 24, 42]) view.setUint32(at, 0xffffffff, true);
  const extra = new DataView(new ArrayBuffer(28));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 24, true);
  [8, 8, hole].forEach((size, i) => extra.setBigUint64(4 + 8 * i, BigInt(size), true));
  const end64 = new DataView(new ArrayBuffer(56)), locator = new DataView(new ArrayBuffer(20));
  end64.setUint32(0, 0x06064b50, true);
  [1, 1, record.length + 28, hole + directory].forEach((size, i) =>
    end64.setBigUint64(24 + 8 * i, BigInt(size), true)
  );
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(hole + directory + record.length + 28), true);
  const parts = [record, extra, end64, locator].map((part) =>
    part instanceof DataView ? new Uint8Array(part.buffer) : part
  );
  const last = near.slice(end).fill(0xff, 12, 20);
  return joined([near.subarray(0, directory), ...parts, last]);
}

Deno.test("an entry beyond four gigabytes is read from its place", async () => {
  const hole = 5 * 2 ** 30, bytes = farZip(hole), behind = bytesSource("far.zip", bytes);
  const zip = await openZip({
    ...behind,
    size: hole + bytes.length,
    read(offset, length) {
      // The search for the end begins in the hole.
      if (offset >= hole) return behind.read(offset - hole, length);
      const all = joined([new Uint8Array(hole - offset), bytes]);
      return Promise.resolve(all.slice(0, length));
    },
  });
  const far = zip.entries.get("far");
  assert(far);
  assert.equal(far.start, hole);
  assert.deepEqual(await zip.read(far), latin1("elements"));
  assert.deepEqual(await zip.read(far, 2, 3), latin1("eme"));
  await assert.rejects(zip.read(far, 6, 3), RangeError);
});
