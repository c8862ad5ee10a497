import type { Image } from "../image_preparer.ts";

/** Maximum size of a picture, so that a broken header cannot exhaust the memory. */
const mostPixels = 2 ** 28;

/** The three numbers of a header, each followed by white space. */
const header = /^P6\s+(\d+)\s+(\d+)\s+(\d+)\s/;

/**
 * Splits a stream of concatenated binary PPM files into pictures, each with its own size. At most one
 * picture and one chunk are in memory.
 */
export async function* ppmFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Image> {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const { value, done } = await chunks.next();
    if (done) return false;
    const joined = new Uint8Array(rest.length + value.length);
    joined.set(rest);
    joined.set(value, rest.length);
    rest = joined;
    return true;
  };
  try {
    while (true) {
      let found = readHeader(rest);
      while (!found) {
        if (rest.length >= 64) throw new TypeError("Cannot read a picture: its header is no PPM's");
        if (!await more()) {
          if (rest.length === 0) return;
          throw new TypeError("Cannot read a picture: the stream ends within its header");
        }
        found = readHeader(rest);
      }
      const { width, height, length } = found;
      const data = new Uint8Array(3 * width * height);
      let at = Math.min(rest.length - length, data.length);
      data.set(rest.subarray(length, length + at));
      rest = rest.slice(length + at);
      while (at < data.length) {
        const { value, done } = await chunks.next();
        if (done) throw new TypeError("Cannot read a picture: the stream ends within it");
        const part = Math.min(value.length, data.length - at);
        data.set(value.subarray(0, part), at);
        at += part;
        rest = value.slice(part);
      }
      yield { width, height, data };
    }
  } finally {
    await chunks.return?.();
  }
}

function readHeader(bytes: Uint8Array) {
  const found = header.exec(String.fromCharCode(...bytes.subarray(0, 64)));
  if (!found) return undefined;
  const [text, ...numbers] = found, [width = 0, height = 0, most = 0] = numbers.map(Number);
  if (most !== 255 || width * height < 1 || width * height > mostPixels) {
    throw new TypeError(
      `Cannot read a picture of ${width} x ${height} with ${most} as its brightest: wanted 255, and ` +
        `at most ${mostPixels} pixels`,
    );
  }
  return { width, height, length: text.length };
}
