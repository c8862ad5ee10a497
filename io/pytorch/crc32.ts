/** Remainders of bytes, for a byte that is followed by 0 to 7 others (slicing by 8). */
const tables = makeTables();

function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xEDB88320 : byte >>> 1;
    return byte;
  });
  const all = [first];
  for (let following = 1; following < 8; following++) {
    all.push((all.at(-1) as Uint32Array).map((sum) => sum >>> 8 ^ (first[sum & 255] ?? 0)));
  }
  return all;
}

/** The CRC-32 that zip files carry, eight bytes at a time. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = ~0, at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const low = sum ^ view.getUint32(at, true), high = view.getUint32(at + 4, true);
    sum = t7[low & 255]! ^ t6[low >>> 8 & 255]! ^ t5[low >>> 16 & 255]! ^ t4[low >>> 24]! ^
      t3[high & 255]! ^ t2[high >>> 8 & 255]! ^ t1[high >>> 16 & 255]! ^ t0[high >>> 24]!;
  }
  for (; at < bytes.length; at++) sum = sum >>> 8 ^ t0[(sum ^ bytes[at]!) & 255]!;
  return ~sum >>> 0;
}
