/** The bytes of an .npy file with float32 numbers, as NumPy reads it. */
export function encodeNpy(
  shape: readonly number[],
  numbers: Float32Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== numbers.length) {
    throw new TypeError(
      `Cannot write npy: got ${numbers.length} numbers: [${shape.join(", ")}] takes ${count}`,
    );
  }
  const tuple = shape.map((size) => `${size},`).join(" ");
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Magic, version 1.0, the header's length; the numbers begin at a multiple of 64.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const text = `${header.padEnd(length - 1)}\n`;
  const bytes = new Uint8Array(10 + length + numbers.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 10 + length);
  return bytes;
}
