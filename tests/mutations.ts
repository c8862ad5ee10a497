import type { Rng } from "../numbers/rng.ts";
import { joined } from "./stored_zip.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers at which lengths and offsets go wrong. */
export const extremes = [
  ...[0n, 1n, -1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n],
  ...[2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
] as const;

/** Opcodes that the pickle machine knows, and some that it doesn't. */
const opcodes = latin1(
  "(.)0N\x88\x89KMJGX\x8c\x8d\x8a]}tesu\x85\x86\x87aqr\x94hjc\x93QRb\x81\x80\x952il",
);

/** Short pickles that do something at the wrong place. */
const pieces = [
  ...["cos\nsystem\n", "ccollections\nOrderedDict\n)R", "ctorch\nFloatStorage\n", "ctorch\nSize\n"],
  ...[
    "ctorch._utils\n_rebuild_tensor_v2\n",
    "c__torch__\nA\n)\x81",
    "}q\0",
    "]q\0",
    "h\0",
    "h\x01",
  ],
  ...["q\0", "r\xff\xff\xff\xff", "h\0e", "h\0s", "h\0b", "R", "Q", "J\xff\xff\xff\xff", "(", "t"],
  ...[
    "\x8a\x08\0\0\0\0\0\0\0\x80",
    "\x8a\x07\xff\xff\xff\xff\xff\xff\x1f",
    "G\x7f\xf0\0\0\0\0\0\0",
  ],
  ...[
    "\x8a\x05\0\0\0\0\x01",
    "X\xff\xff\xff\x7f",
    "\x8d\0\0\0\0\0\0\0\x80",
    "((((((((((((",
    "tttttttt",
  ],
].map(latin1);

function latin1(text: string): Bytes {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const one = <T>(rng: Rng, items: ArrayLike<T>): T => items[rng.integer(0, items.length - 1)] as T;

const spliced = (bytes: Bytes, at: number, removed: number, added: Uint8Array): Bytes =>
  joined([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);

/** One change at `at`, of any kind that needs to know nothing about the file. */
function mutateAt(rng: Rng, bytes: Bytes, at: number): Bytes {
  const length = rng.integer(1, 1 + Math.min(64, bytes.length >> 1));
  const other = rng.integer(0, Math.max(0, bytes.length - length));
  const piece = bytes.slice(other, other + length);
  switch (rng.integer(0, 8)) {
    case 0:
      return bytes.with(at, (bytes[at] ?? 0) ^ (1 << rng.integer(0, 7)));
    case 1:
      return bytes.with(at, one(rng, [0, 1, 0x7f, 0x80, 0xff, rng.integer(0, 255)]));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return spliced(bytes, at, 0, Uint8Array.from(piece, () => rng.integer(0, 255)));
    case 4:
      return spliced(bytes, at, length, new Uint8Array(0));
    case 5:
      return spliced(bytes, at, 0, piece);
    case 6:
      return spliced(bytes, at, length, piece);
    case 7: {
      const moved = bytes.slice(at, at + length);
      return spliced(spliced(bytes, at, moved.length, piece), other, length, moved);
    }
    default:
      return spliced(bytes, at, ...withSize(extremeNumber(rng)));
  }
}

const withSize = (number: Bytes): [number, Bytes] => [number.length, number];

/** An extreme number of two, four or eight bytes. */
function extremeNumber(rng: Rng): Bytes {
  const number = new BigUint64Array([BigInt.asUintN(64, one(rng, extremes))]);
  return new Uint8Array(number.buffer).slice(0, one(rng, [2, 4, 8]));
}

/** One change anywhere. */
export function mutateBytes(rng: Rng, bytes: Bytes): Bytes {
  return bytes.length === 0 ? bytes : mutateAt(rng, bytes, rng.integer(0, bytes.length - 1));
}

/** One change in a record of a zip's directory, or anywhere. */
export function mutateZip(rng: Rng, bytes: Bytes): Bytes {
  const starts = [...bytes.keys()].filter((i) => bytes[i] === 0x50 && bytes[i + 1] === 0x4b);
  if (starts.length === 0 || rng.uniform() < 0.3) return mutateBytes(rng, bytes);
  const at = one(rng, starts) + rng.integer(0, 60);
  if (at >= bytes.length) return mutateBytes(rng, bytes);
  return rng.uniform() < 0.4
    ? spliced(bytes, at, ...withSize(extremeNumber(rng)))
    : mutateAt(rng, bytes, at);
}

/** One change in a pickle: of its opcodes as often as of its bytes. */
export function mutatePickle(rng: Rng, bytes: Bytes): Bytes {
  const at = rng.integer(0, Math.max(0, bytes.length - 1)), kind = rng.integer(0, 5);
  if (kind === 0) return bytes.length === 0 ? bytes : bytes.with(at, one(rng, opcodes));
  if (kind === 1) return spliced(bytes, at, 0, one(rng, pieces));
  if (kind > 2) return mutateBytes(rng, bytes);
  // A small number becomes a large one, where a number is.
  const numbers = [...bytes.keys()].filter((i) => bytes[i] === 0x4b);
  if (numbers.length === 0) return mutateBytes(rng, bytes);
  const number = one(rng, numbers);
  return rng.uniform() < 0.5
    ? bytes.with(Math.min(number + 1, bytes.length - 1), rng.integer(0, 255))
    : spliced(bytes, number, 2, joined([latin1("\x8a\x08"), extremeEight(rng)]));
}

const extremeEight = (rng: Rng): Bytes =>
  new Uint8Array(new BigUint64Array([BigInt.asUintN(64, one(rng, extremes))]).buffer);

/** One change in a JSON value: some part of it becomes something else, disappears or is doubled. */
export function mutateJson(rng: Rng, value: unknown): unknown {
  const inner = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (inner.length === 0 || rng.uniform() < 0.1) return oddValue(rng, value);
  const key = one(rng, inner), copy: unknown = structuredClone(value);
  if (Array.isArray(copy)) {
    const at = Number(key), kind = rng.integer(0, 4);
    if (kind === 0) copy.splice(at, 1);
    else if (kind === 1) copy.splice(at, 0, copy[at]);
    else copy[at] = mutateJson(rng, copy[at]);
    return copy;
  }
  const entries = Object.entries(copy as Record<string, unknown>);
  return Object.fromEntries(entries.flatMap(([name, item]) => {
    if (name !== key) return [[name, item]];
    const renamed = one(rng, ["__metadata__", "__proto__", "", "dtype", one(rng, inner)]);
    const kind = rng.integer(0, 9);
    if (kind === 0) return [];
    if (kind === 1) return [[renamed, item]];
    if (kind === 2) return [[name, item], [renamed, item]];
    return [[name, mutateJson(rng, item)]];
  }));
}

function oddValue(rng: Rng, value: unknown): unknown {
  const number = typeof value === "number" ? value : 1;
  return one<unknown>(rng, [
    ...[Number(one(rng, extremes)), number + 1, number - 1, -number, number + 0.5, number * 4],
    ...[
      null,
      true,
      "",
      "F32",
      "BOOL",
      "F8_E4M3",
      "toString",
      [],
      {},
      [value],
      { value },
      `${number}`,
    ],
    ...["\ud800", "x".repeat(500), { toString: 1 }, [[[[]]]], 1e300],
  ]);
}
