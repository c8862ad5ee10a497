import assert from "node:assert/strict";
import { Clip, type ClipOptions } from "../model/clip/clip.ts";
import { sharedDevice } from "./devices.ts";
import { smallClip, smallConfig } from "./small_clip.ts";

const { size } = smallConfig.image, { vocabulary } = smallConfig.text;

/** Images that differ, of made-up bytes. */
export function images(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from(
    { length: count },
    (_, n) =>
      Uint8Array.from(
        { length: size * size * 4 },
        (_, i) => Math.imul(i + 977 * n + 1, 0x9e3779b1) >>> 24,
      ),
  );
}

/** Prompts of these lengths, start and end included. */
export function prompts(...lengths: number[]): number[][] {
  return lengths.map((length, n) =>
    Array.from({ length }, (_, t) => t === length - 1 ? vocabulary - 1 : (7 * t + 31 * n) % 500)
  );
}

/** Loads the small CLIP. */
export async function loadSmall(options?: ClipOptions): Promise<Clip> {
  return await Clip.load(await sharedDevice(), smallClip(), options);
}

/** The relative distance of two results. */
export function distance(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  const norm = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
  return norm(a.map((x, i) => x - (b[i] ?? NaN))) / norm(b);
}
