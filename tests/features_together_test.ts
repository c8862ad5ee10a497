import assert from "node:assert/strict";
import { round, roundedText } from "../app/infer/write_json.ts";
import { featuresOf } from "../media/features/seen_frame.ts";
import { WatchedPeople } from "../media/features/watched_people.ts";
import { centre, centred } from "../model/clip_au/neutral.ts";
import { Rng } from "../numbers/rng.ts";

/** A video of two people, each seen in some frames, whose features lie in batches of two frames. */
function twoPeople(): WatchedPeople {
  const tracks = [[1], [1, 2], [2, 1], [], [2], [1, 2], [1]];
  const frames = tracks.map((some, index) => {
    const batch = Float32Array.from([...some, 0], (track) => 10 * track + index);
    const face = (track: number) => {
      const box = { score: 1, left: 0, top: 0, width: 9, height: 9 };
      return { ...box, track, person: track };
    };
    return {
      at: { index, seconds: index, width: 90, height: 90 },
      faces: some.map(face),
      chosen: some.map((track, i) => ({ face: face(track), features: batch.subarray(i, i + 1) })),
    };
  });
  return new WatchedPeople(frames, (track) => track);
}

Deno.test("a person's features of a whole video lie together, and are used without a copy", () => {
  const people = twoPeople();
  for (const [person, wanted] of [[1, [10, 11, 12, 15, 16]], [2, [21, 22, 24, 25]]] as const) {
    const frames = people.framesOf(person), features = featuresOf(frames);
    assert.deepEqual([...features], wanted);
    const seen = frames.flatMap(({ features }) => features ? [features] : []);
    assert.ok(seen.every(({ buffer }) => buffer === features.buffer));
    assert.equal(features.buffer.byteLength, 4 * wanted.length, "nobody else's are beside them");
  }
});

Deno.test("features that don't lie together are copied", () => {
  const people = twoPeople(), frames = [...people.framesOf(1), ...people.framesOf(2)];
  const features = featuresOf(frames);
  assert.deepEqual([...features], [10, 11, 12, 15, 16, 21, 22, 24, 25]);
  assert.notEqual(features.buffer, frames[0]?.features?.buffer);
  assert.deepEqual([...featuresOf(people.framesOf(1).toReversed())], [16, 15, 12, 11, 10]);
  assert.deepEqual([...featuresOf([])], []);
});

Deno.test("features are centred in their memory as in a copy", () => {
  const rng = new Rng(1),
    draw = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const features = draw(30), own = draw(6), usual = draw(6);
  const wanted = centred(features, own, usual);
  assert.notDeepEqual(wanted, features);
  assert.equal(wanted[7], Math.fround(features[7]! - own[1]! + usual[1]!));
  centre(features, { own, usual });
  assert.deepEqual(features, wanted);
});

Deno.test("a rounded number's text is that of the rounded number", () => {
  const rng = new Rng(2);
  const drawn = Array.from({ length: 2000 }, (_, i) => rng.normal() * 10 ** (i % 24 - 9));
  const known = [
    0,
    -0,
    1,
    -1,
    100,
    1200.5,
    1e-6,
    -1e-7,
    4e-7,
    5e-7,
    0.1 + 0.2,
    999999999.9999996,
    1e9,
    1e21,
  ];
  for (const x of [...drawn, ...known]) assert.equal(roundedText(x), `${round(x)}`, `${x}`);
  assert.deepEqual([NaN, Infinity, -Infinity].map(roundedText), ["", "", ""]);
});
