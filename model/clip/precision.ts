/** `f16` takes half the memory. Numbers are computed and added up in float32 either way. */
export type Precision = "f32" | "f16";

/** Ways to keep the weights of products on the device. */
export const precisions = ["f32", "f16"] as const satisfies readonly Precision[];

/** As float32's bits: 65520, which rounds to an infinite half; infinity; and 2⁻¹⁴, below which halves lose digits. */
const tooLarge = 0x477ff000, infinity = 0x7f800000, leastNormal = 0x38800000;

/** The bits of float32 that a half has no room for, and a little less than half of what they stand for. */
const lost = 0x1fff, lessThanHalf = 0x0fff;

/**
 * Rounds numbers to the nearest halves, in place, and tells whether that changed any. It is done here
 * because devices may round either way: so a model is the same on all of them. Throws where a number is
 * beyond the range of halves: it would become infinite, and all that it touches with it.
 */
export function roundToHalves(label: string, numbers: Float32Array): boolean {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  let rounded = false;
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number, size = word & 0x7fffffff;
    if (size >= infinity) continue;
    if (size >= tooLarge) {
      throw new RangeError(
        `Cannot keep "${label}" as halves: it holds ${
          numbers[i]
        }, and they end at 65504: load it as f32`,
      );
    }
    if (size < leastNormal) {
      const number = numbers[i] as number, half = Math.f16round(number);
      if (half === number) continue;
      numbers[i] = half;
      rounded = true;
    } else if ((word & lost) !== 0) {
      // To the nearest, and where two are as near, to the even one. (Math.f16round() takes several times as long.)
      bits[i] = (word + lessThanHalf + (word >>> 13 & 1)) & ~lost;
      rounded = true;
    }
  }
  return rounded;
}
