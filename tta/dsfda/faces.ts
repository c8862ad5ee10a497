import type { Rng } from "../../engine/mod.ts";
import { mirrorPicture } from "../../model/clip/mirrored.ts";

/** Pictures of faces with what is known of them. */
export interface Faces {
  /** A picture's rows, and columns. */
  readonly side: number;
  /** `[N, S, S, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** `[N]`: the classes. */
  readonly labels: readonly number[];
  /** `[N]`: whose faces they are, from 0 on. */
  readonly people: readonly number[];
}

/** Faces `[N, S, S, 3]` of one person at rest. */
export function restingFaces(pixels: Uint8Array<ArrayBuffer>, side: number): Faces {
  const all = Array.from({ length: pixels.length / (side * side * 3) }, () => 0);
  return { side, pixels, labels: all, people: all };
}

/** Faces by their places, in this order. */
export function takeFaces(
  { side, pixels, labels, people }: Faces,
  places: readonly number[],
): Faces {
  const size = side * side * 3, taken = new Uint8Array(places.length * size);
  for (const [n, place] of places.entries()) {
    taken.set(pixels.subarray(place * size, (place + 1) * size), n * size);
  }
  return {
    side,
    pixels: taken,
    labels: places.map((place) => labels[place] as number),
    people: places.map((place) => people[place] as number),
  };
}

/** All of them, one after the other. */
export function joinFaces(parts: readonly [Faces, ...Faces[]]): Faces {
  const pixels = new Uint8Array(parts.reduce((sum, { pixels }) => sum + pixels.length, 0));
  let at = 0;
  for (const part of parts) {
    pixels.set(part.pixels, at);
    at += part.pixels.length;
  }
  return {
    side: parts[0].side,
    pixels,
    labels: parts.flatMap(({ labels }) => labels),
    people: parts.flatMap(({ people }) => people),
  };
}

/** Colours from 0 to 1. */
export function colours(pixels: Uint8Array, most = 255): Float32Array<ArrayBuffer> {
  return Float32Array.from(pixels, (byte) => byte / most);
}

/** The faces, of which half, drawn at random, are seen in a mirror. */
export function mirrorSome(faces: Faces, rng: Rng): Faces {
  const { side } = faces, pixels = faces.pixels.slice(), size = side * side * 3;
  for (let at = 0; at < pixels.length; at += size) {
    if (rng.uniform() >= 0.5) pixels.set(mirrorPicture(pixels.slice(at, at + size), side), at);
  }
  return { ...faces, pixels };
}
