import { crc32 } from "node:zlib";
import type { TensorFile } from "../io/tensors/tensor_file.ts";
import type { GoldenReport } from "./report.ts";

/** `real_recipe.json`: weights that are not stored but computed, each number from its index. */
export interface Recipe {
  readonly seed: number;
  readonly tensors: Readonly<
    Record<string, {
      readonly shape: readonly number[];
      readonly scale: number;
      readonly offset: number;
      readonly crc32: string;
    }>
  >;
  readonly inputs: Readonly<Record<string, { readonly crc32: string }>>;
}

/** `real_recipe.json` of sets whose pictures are square and have names. */
export interface PicturesRecipe extends Omit<Recipe, "inputs"> {
  readonly pictures: Readonly<
    Record<string, {
      readonly shape: readonly [number, number, number, number?];
      readonly step: number;
      readonly crc32: string;
    }>
  >;
}

/** The weights of a recipe as a checkpoint. */
export function recipeFile(recipe: Recipe, name: string): TensorFile {
  const entries = Object.entries(recipe.tensors);
  return {
    name,
    metadata: new Map(),
    tensors: new Map(entries.map(([key, { shape }]) => [key, { dtype: "F32", shape }])),
    read(key, range) {
      const { shape, scale, offset } = recipe.tensors[key] as Recipe["tensors"][string];
      const count = shape.reduce((product, size) => product * size, 1);
      const row = count / (shape[0] ?? 1);
      const { first, count: rows } = range ?? { first: 0, count: shape[0] ?? 1 };
      const numbers = fill(key, recipe.seed, rows * row, scale, offset, first * row);
      return Promise.resolve(new Uint8Array(numbers.buffer));
    },
    [Symbol.dispose]() {},
  };
}

/** Square pictures of a recipe: coarse blocks with noise on them. */
export function squarePictures(
  name: string,
  seed: number,
  { planes, side, step }: { readonly planes: number; readonly side: number; readonly step: number },
): Uint8Array<ArrayBuffer> {
  const blocks = side / step;
  const block = hashedBytes(`${name}/block`, seed, planes * blocks * blocks);
  return hashedBytes(`${name}/noise`, seed, planes * side * side).map((noise, p) => {
    const x = p % side, y = Math.floor(p / side) % side, plane = Math.floor(p / (side * side));
    const place = (plane * blocks + Math.floor(y / step)) * blocks + Math.floor(x / step);
    return Math.min(255, Math.max(0, (block[place] as number) + (noise >> 3) - 16));
  });
}

/** The four frames of a recipe, `[4, 3, 224, 224]` bytes: coarse blocks with noise on them. */
export function recipeFrames({ seed }: Recipe): Uint8Array<ArrayBuffer> {
  const frames = 4, side = 224, blocks = side >> 4;
  const block = hashedBytes("frame/block", seed, frames * 3 * blocks * blocks);
  const noise = hashedBytes("frame/noise", seed, frames * 3 * side * side);
  return Uint8Array.from(noise, (value, i) => {
    const x = i % side, y = Math.floor(i / side) % side, plane = Math.floor(i / (side * side));
    const base = block[(plane * blocks + (y >> 4)) * blocks + (x >> 4)] ?? 0;
    return Math.min(255, Math.max(0, base + (value >>> 3) - 16));
  });
}

/** The made-up features of a recipe, `[2, 20, 512]`: each clip's own, with changes from frame to frame. */
export function recipeFeatures({ seed }: Recipe): Float32Array<ArrayBuffer> {
  const clips = 2, frames = 20, width = 512;
  const base = fill("feat/base", seed, clips * width, 0.5, 0);
  const changes = fill("feat/var", seed, clips * frames * width, 0.375, 0);
  return changes.map((change, i) => {
    const clip = Math.floor(i / (frames * width));
    return (base[clip * width + i % width] ?? NaN) + change;
  });
}

/** The initial tuned vectors, `[n, 512]`, if the recipe has them. */
export function recipeDraw({ seed, tensors }: Recipe): Float32Array<ArrayBuffer> | undefined {
  if (!tensors.ctx) return undefined;
  const { shape, scale, offset } = tensors.ctx;
  return fill("ctx", seed, shape.reduce((product, size) => product * size, 1), scale, offset);
}

/** Compares checksums of what the recipe generates with those stored in it. */
export function checkRecipe(recipe: Recipe, report: GoldenReport): void {
  const wrong = Object.entries(recipe.tensors).filter(
    ([name, { crc32: sum }]) => recipeSum(recipe, name) !== sum,
  );
  report.equal(
    `recipe: ${Object.keys(recipe.tensors).length} tensors`,
    wrong.map(([name]) => name),
    [],
  );
  const frames = hex(crc32(recipeFrames(recipe)));
  report.equal("recipe: frames_u8", frames, recipe.inputs.frames_u8?.crc32);
  if (!recipe.inputs.feat20) return;
  const features = hex(crc32(new Uint8Array(recipeFeatures(recipe).buffer)));
  report.equal("recipe: feat20", features, recipe.inputs.feat20.crc32);
}

/** The checksum of a tensor that a recipe generates. */
export function recipeSum(
  { seed, tensors }: Pick<Recipe, "seed" | "tensors">,
  name: string,
): string {
  const { shape, scale, offset } = tensors[name] as Recipe["tensors"][string];
  const count = shape.reduce((product, size) => product * size, 1);
  return hex(crc32(new Uint8Array(fill(name, seed, count, scale, offset).buffer)));
}

/** A checksum as the recipe writes it. */
export function hex(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}

function fill(
  name: string,
  seed: number,
  count: number,
  scale: number,
  offset: number,
  first = 0,
): Float32Array<ArrayBuffer> {
  const key = keyOf(name, seed), s = Math.fround(scale), o = Math.fround(offset);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const r = ((hash(key, first + i) >>> 8) - 2 ** 23) / 2 ** 23;
    numbers[i] = o + Math.fround(s * r);
  }
  return numbers;
}

/** Bytes, each from its index. */
export function hashedBytes(name: string, seed: number, count: number): Uint8Array<ArrayBuffer> {
  const key = keyOf(name, seed);
  return Uint8Array.from({ length: count }, (_, i) => hash(key, i) >>> 24);
}

/** The end of MurmurHash3. */
function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85EBCA6B);
  x ^= x >>> 13;
  x = Math.imul(x, 0xC2B2AE35);
  return (x ^ (x >>> 16)) >>> 0;
}

function hash(key: number, i: number): number {
  return mix((mix(i) + key) >>> 0);
}

/** FNV-1a of the name, and the seed. */
function keyOf(name: string, seed: number): number {
  let sum = 0x811C9DC5;
  for (const byte of new TextEncoder().encode(name)) sum = Math.imul(sum ^ byte, 0x01000193);
  return mix(((sum >>> 0) + Math.imul(seed, 0x9E3779B1)) >>> 0);
}
