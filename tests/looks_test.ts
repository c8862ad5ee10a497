import assert from "node:assert/strict";
import { FaceTrack } from "../media/face/face_track.ts";
import { looksDistance, looksOf } from "../media/face/looks.ts";
import { Rng } from "../numbers/rng.ts";

const side = 120;

/** A box whose grid has a point every 3 pixels. */
const box = { score: 1, left: 33, top: 33, width: 54, height: 54 };

/** A head made of blocks of 6 pixels, lit as `light` says for a place from 0 to 1 and a colour. */
function head(seed: number, light: (x: number, colour: number) => number = () => 1) {
  const data = new Uint8Array(side * side * 4), rng = new Rng(seed);
  const blocks = Array.from({ length: 400 * 3 }, () => 40 + 80 * rng.uniform());
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const block = Math.floor(y / 6) * 20 + Math.floor(x / 6);
      for (const colour of [0, 1, 2]) {
        const byte = (blocks[3 * block + colour] ?? NaN) * light(x / side, colour);
        data[4 * (y * side + x) + colour] = Math.round(byte);
      }
    }
  }
  return { width: side, height: side, data };
}

const another = looksDistance(looksOf(head(1), box), looksOf(head(2), box));

Deno.test("a head is the same where its box is off by a point", () => {
  const first = looksOf(head(1), box);
  for (const [left, top] of [[3, 0], [-3, 0], [3, 3], [0, -3]] as const) {
    const off = looksOf(head(1), { ...box, left: box.left + left, top: box.top + top });
    assert.ok(looksDistance(first, off) < 1e-6, `off by ${left}, ${top}`);
  }
  assert.ok(another > 0.3, `another head: ${another}`);
});

Deno.test("a head is much the same in light from one side", () => {
  const lit = looksOf(head(1, (x) => Math.exp(0.8 * (x - 0.5))), box);
  const distance = looksDistance(looksOf(head(1), box), lit);
  assert.ok(distance < 0.1 * another, `${distance} beside ${another} of another head`);
});

Deno.test("what is greener all over is another head before what is warmer or brighter", () => {
  const first = looksOf(head(1), box);
  const scaled = (...by: [number, number, number]) =>
    looksDistance(first, looksOf(head(1, (_, colour) => by[colour] as number), box));
  const brighter = scaled(1.2, 1.2, 1.2),
    warmer = scaled(1.2, 1, 1 / 1.2),
    greener = scaled(1, 1.2, 1);
  assert.ok(
    0.01 < brighter && brighter < warmer && warmer < greener,
    `${[brighter, warmer, greener]}`,
  );
});

Deno.test("a face is not expected more at its place when the times of joined videos go back", () => {
  const looks = looksOf(head(1), box), track = new FaceTrack(1, 0, box, looks, 1000);
  const other = looksOf(head(2), box);
  for (const seconds of [1, 999.5]) {
    const costs = [track.costOf(box, looks, seconds), track.costOf(box, other, seconds)] as const;
    assert.ok(costs[0] >= 0 && costs[0] < costs[1], `${seconds} s: ${costs}`);
  }
  assert.deepEqual([1, 999.5, 1001].map((seconds) => track.isOver(seconds)), [true, false, false]);
});
