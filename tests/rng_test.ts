import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";

const take = (count: number, next: () => number) => Array.from({ length: count }, next);

Deno.test("Rng gives the same numbers on every machine", () => {
  const rng = new Rng(1);
  assert.deepEqual(take(4, () => rng.u32()), [645514520, 2544563910, 710022002, 3500610781]);
  const other = new Rng(12345);
  assert.deepEqual(take(4, () => other.u32()), [430018922, 1600717359, 2315322805, 1683709501]);
  assert.notDeepEqual(take(4, () => new Rng(2).u32()), take(4, () => new Rng(3).u32()));
});

Deno.test("Rng takes any seed as 32 bits", () => {
  assert.equal(new Rng(-1).u32(), new Rng(2 ** 32 - 1).u32());
  assert.equal(new Rng(2 ** 32 + 7).u32(), new Rng(7).u32());
});

Deno.test("Rng numbers lie where they should, and spread evenly", () => {
  const rng = new Rng(7), count = 50_000;
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < count; i++) {
    const value = rng.uniform();
    assert(value >= 0 && value < 1);
    const bin = Math.floor(value * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  for (const held of bins) assert(Math.abs(held - count / 10) < 300, `${bins}`);
});

Deno.test("Rng.integer() reaches both ends, and nothing outside", () => {
  const rng = new Rng(8);
  const seen = new Set(take(1000, () => rng.integer(-2, 3)));
  assert.deepEqual([...seen].sort((a, b) => a - b), [-2, -1, 0, 1, 2, 3]);
  assert.equal(rng.integer(5, 5), 5);
});

Deno.test("Rng.normal() is finite, centred, and spread by 1", () => {
  const rng = new Rng(9), count = 50_000;
  const values = take(count, () => rng.normal());
  assert(values.every(Number.isFinite));
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count;
  assert(Math.abs(mean) < 0.02, `mean ${mean}`);
  assert(Math.abs(variance - 1) < 0.03, `variance ${variance}`);
});

Deno.test("Rng.pick() takes every item in turn", () => {
  const rng = new Rng(10);
  assert.equal(new Set(take(200, () => rng.pick([1, 2, 3]))).size, 3);
  assert.equal(rng.pick([4]), 4);
});
