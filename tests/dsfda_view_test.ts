import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../io/files/format_error.ts";
import { drawMask } from "../model/dsfda/dropout.ts";
import { Rng } from "../numbers/rng.ts";
import { loadDsfda, saveDsfda } from "../tta/dsfda/dsfda_file.ts";
import { mirrorSome } from "../tta/dsfda/faces.ts";
import { shownSide } from "../tta/dsfda/dsfda.ts";
import { seeFaces, type View } from "../tta/dsfda/view.ts";
import { madeUpFaces, smallDsfda, smallSizes } from "./small_dsfda.ts";

const { side } = smallSizes, wide = 1.5 * side;

/** A picture whose colours tell where a pixel lies: its row, its column, and nothing. */
function placesAs(brightness: (x: number) => number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: wide * wide * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3), row = Math.floor(pixel / wide);
    return brightness([row, pixel % wide, 20][i % 3] as number);
  });
}

Deno.test("a close view begins below the forehead, in the middle", () => {
  const bright = Uint8Array.from({ length: wide * wide * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3), row = Math.floor(pixel / wide), column = pixel % wide;
    return row === 12 || row === 43 || column === 8 || column === 39 ? 200 : 100;
  });
  const seen = seeFaces(bright, side, "close");
  assert.equal(seen.length, side * side * 3);
  // The frame is what lies at the edges of 32 of 48 pixels.
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const edge = [0, side - 1].includes(row) || [0, side - 1].includes(column);
      const pixel = seen[3 * (row * side + column)] as number;
      assert.equal(pixel > 127, edge, `${row}, ${column}: ${pixel}`);
    }
  }
});

Deno.test("a close view sees neither how bright nor how tinted a face is", () => {
  const usual = seeFaces(placesAs((x) => 3 * x), side, "close");
  const dark = seeFaces(placesAs((x) => 2 * x + 30), side, "close");
  // Rounding to bytes is amplified, and what keeps even pictures even takes a little off the darker.
  for (const [at, x] of usual.entries()) {
    assert.ok(Math.abs(x - (dark[at] as number)) <= 4, `${at}: ${x} and ${dark[at]}`);
  }
  const mean = (of: Uint8Array, colour: number) =>
    of.filter((_, i) => i % 3 === colour).reduce((sum, x) => sum + x, 0) / (of.length / 3);
  for (const colour of [0, 1, 2]) {
    assert.ok(Math.abs(mean(usual, colour) - mean(dark, colour)) < 1);
  }
  const flat = seeFaces(new Uint8Array(wide * wide * 3).fill(90), side, "close");
  assert.deepEqual(new Set(flat), new Set([128]));
  const whole = placesAs((x) => x);
  assert.equal(seeFaces(whole, wide), whole);
});

Deno.test("a file keeps its networks' view, and refuses one that is none", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "d.safetensors");
  try {
    await saveDsfda(path, smallDsfda());
    assert.equal((await loadDsfda(path)).view, undefined);
    assert.equal(shownSide(await loadDsfda(path)), side);
    await saveDsfda(path, { ...smallDsfda(), view: "close" });
    assert.equal((await loadDsfda(path)).view, "close");
    assert.equal(shownSide(await loadDsfda(path)), wide);
    await saveDsfda(path, { ...smallDsfda(), view: "far" as View });
    await assert.rejects(
      () => loadDsfda(path),
      (error) =>
        error instanceof FormatError && /view "far": wanted whole or close/.test(error.message),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dropout drops its share, and the rest makes up for it", () => {
  const mask = drawMask(10_000, 0.2, new Rng(3));
  assert.deepEqual(new Set(mask), new Set([0, Math.fround(1.25)]));
  const dropped = mask.filter((x) => x === 0).length / mask.length;
  assert.ok(Math.abs(dropped - 0.2) < 0.02, `${dropped}`); // five standard errors
  assert.deepEqual(new Set(drawMask(100, 0.5, new Rng(3))), new Set([0, 2]));
});

Deno.test("half of the faces are mirrored, and none is changed otherwise", () => {
  const faces = madeUpFaces(1, 0, 40), seen = mirrorSome(faces, new Rng(2));
  const size = side * side * 3;
  let mirrored = 0;
  for (let n = 0; n < 40; n++) {
    const [before, after] = [faces, seen].map(({ pixels }) =>
      pixels.subarray(n * size, (n + 1) * size)
    ) as [Uint8Array, Uint8Array];
    const turned = before.map((_, i) => {
      const pixel = Math.floor(i / 3), row = Math.floor(pixel / side), column = pixel % side;
      return before[3 * (row * side + side - 1 - column) + i % 3] as number;
    });
    const same = before.every((x, i) => x === after[i]);
    if (!same) assert.deepEqual(after, turned);
    mirrored += same ? 0 : 1;
  }
  assert.ok(mirrored >= 10 && mirrored <= 30, `${mirrored} of 40`);
  assert.deepEqual(seen.labels, faces.labels);
});
