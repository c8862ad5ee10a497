import assert from "node:assert/strict";
import { followScene, rightShare } from "../bench/following/follow_scene.ts";
import { type ScenarioName, scenarios } from "../bench/following/scenarios.ts";
import { assignFaces } from "../media/face/assign_faces.ts";
import type { FaceBox } from "../media/face/decode_faces.ts";
import { FaceTracker, type TrackedFace } from "../media/face/face_tracker.ts";
import { MainPerson } from "../media/face/main_person.ts";
import { CutFinder } from "../media/face/scene_cut.ts";
import { WatchedPeople } from "../media/features/watched_people.ts";

/** A few of the scenes that `./autt bench:following` counts many of. */
for (const name of Object.keys(scenarios) as ScenarioName[]) {
  Deno.test(`the main person is followed through a drawn video: ${name}`, async () => {
    let seen = 0, right = 0, wrong = 0;
    for (const seed of [1, 2, 4]) {
      const one = await followScene(name, seed);
      seen += one.seen;
      right += one.right;
      wrong += one.wrong;
    }
    const share = rightShare({ seen, right, wrong });
    assert.ok(seen > 60 && share >= 0.95, `${right} of ${seen} right, ${wrong} wrong`);
  });
}

/** Videos in which a cut once made two people out of one, exchanged two, or passed unseen. */
Deno.test("two people keep their numbers over cuts to a camera by which both look otherwise", async () => {
  for (const seed of [0, 3, 38, 44, 80]) {
    const one = await followScene("cut to another camera", seed);
    assert.ok(rightShare(one) >= 0.95, `seed ${seed}: ${one.right} of ${one.seen} right`);
  }
});

const width = 200, height = 100;

/** A head with hair or with a beard, before a grey wall. */
interface Head {
  readonly left: number;
  readonly has: "hair" | "beard";
}

const box = (left: number): FaceBox => ({ score: 0.9, left, top: 30, width: 40, height: 40 });

function picture(heads: readonly Head[], wall = 128): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(3 * width * height).fill(wall);
  for (const { left, has } of heads) {
    for (let y = 20; y < 80; y++) {
      for (let x = Math.max(0, left - 10); x < Math.min(width, left + 50); x++) {
        const dark = has === "hair" ? y < 40 : y > 60;
        data.set(dark ? [60, 40, 30] : [200, 150, 120], 3 * (y * width + x));
      }
    }
  }
  return data;
}

/** The numbers that a tracker gives, frame by frame. */
function numbered(frames: readonly (readonly Head[])[], step = 0.1) {
  const tracker = new FaceTracker();
  return frames.map((heads, index) =>
    tracker.follow(heads.map(({ left }) => box(left)), {
      ...{ index, seconds: index * step, width, height, data: picture(heads) },
    }).map(({ person }) => person)
  );
}

const times = (count: number, ...heads: readonly Head[]) =>
  Array.from({ length: count }, () => heads);

Deno.test("who looks away for long, or jumps by a face's width, keeps their number", () => {
  const a = (left: number): Head => ({ left, has: "hair" });
  const away = numbered([...times(12, a(80)), ...times(50), ...times(5, a(80))]);
  assert.deepEqual(new Set(away.flat()), new Set([1]));
  const jumps = numbered([...times(12, a(20)), ...times(3, a(60)), ...times(3, a(140))]);
  assert.deepEqual(new Set(jumps.flat()), new Set([1]));
});

Deno.test("somebody who looks otherwise is somebody else, at the same place too", () => {
  const seen = numbered([
    ...times(12, { left: 80, has: "hair" }),
    ...times(15),
    ...times(12, { left: 80, has: "beard" }),
    ...times(15),
    ...times(12, { left: 20, has: "hair" }),
  ]);
  assert.deepEqual([seen[11], seen[38], seen.at(-1)], [[1], [2], [1]]);
});

Deno.test("two faces in a frame are two people, however alike", () => {
  const twins = [{ left: 20, has: "hair" }, { left: 120, has: "hair" }] as const;
  const seen = numbered([...times(12, ...twins), ...times(12, twins[1]), ...times(3, ...twins)]);
  assert.deepEqual([seen[0], seen[20], seen.at(-1)], [[1, 2], [2], [1, 2]]);
});

Deno.test("faces are assigned one to one by the least sum, and alone where nobody fits", () => {
  assert.deepEqual(assignFaces([[0.1, 0.2], [0.1, 0.9]], 1), [1, 0]);
  assert.deepEqual(assignFaces([[0.1], [0.2]], 1), [0, undefined]);
  assert.deepEqual(assignFaces([[2], [Infinity]], 1), [undefined, undefined]);
  assert.deepEqual(assignFaces([], 1), []);
  const many = Array.from(
    { length: 7 },
    (_, i) => Array.from({ length: 7 }, (_, j) => i === j ? 0 : 0.9),
  );
  assert.deepEqual(assignFaces(many, 1), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("a cut is a change of the whole picture, not of a head or of the light", () => {
  const cuts = new CutFinder();
  const isCut = (data: Uint8Array<ArrayBuffer>) => cuts.isCut({ width, height, data });
  const head: Head = { left: 80, has: "hair" };
  assert.deepEqual([picture([head]), picture([{ ...head, left: 110 }]), picture([])].map(isCut), [
    ...[false, false, false],
  ]);
  assert.ok(!isCut(picture([], 134)), "a little more light");
  assert.ok(isCut(picture([head], 40)));
  assert.ok(!isCut(picture([head], 40)));
});

Deno.test("a cut to a scene of the same lightness and of another colour is one", () => {
  const cuts = new CutFinder();
  const green = new Uint8Array(3 * width * height).map((_, i) => i % 3 === 1 ? 120 : 60);
  const yellow = new Uint8Array(3 * width * height).map((_, i) => [160, 120, 60][i % 3] ?? 0);
  const found = [green, green, yellow, yellow].map((data) => cuts.isCut({ width, height, data }));
  assert.deepEqual(found, [false, false, true, false]);
});

Deno.test("the main person is large and rather in the middle; a live video changes to whom is clearly more", () => {
  const main = new MainPerson();
  const add = (...faces: [person: number, left: number, size: number][]) =>
    main.add({
      ...{ width: 200, height: 100 },
      faces: faces.map(([person, left, size]) => ({
        ...{ person, track: person, score: 0.9, left, top: 40, width: size, height: size },
      })),
    });
  assert.deepEqual([main.person, main.watched], [undefined, undefined]);
  add([1, 0, 60]); // what looks like a large face in the first frame alone
  assert.deepEqual([main.person, main.watched, main.shareOf(1)], [1, 1, 1]);
  const watched = Array.from({ length: 12 }, () => {
    add([2, 90, 22], [3, 0, 22]);
    return main.watched;
  });
  assert.equal(watched[0], 1);
  assert.equal(watched.at(-1), 2);
  assert.ok(main.shareOf(2) > main.shareOf(3) && main.mayBecome(3));
});

Deno.test("people are numbered in order of appearance, without what is hardly seen", () => {
  const face = (track: number): TrackedFace => ({ ...box(80), track, person: track });
  const tracks = [[9], [9, 4], [4], [4, 7], [4, 7], [7, 5], [5]];
  const frames = tracks.map((some, index) => ({
    at: { index, seconds: index, width, height },
    faces: some.map(face),
    chosen: some.map((track) => ({ face: face(track), features: Float32Array.of(track) })),
  }));
  // Track 5 is found to be the person's of track 4.
  const people = new WatchedPeople(frames, (track) => track === 5 ? 4 : track);
  assert.deepEqual(people.numbers, [1, 2]);
  assert.equal(people.main, 1);
  assert.deepEqual(people.framesOf(1).map(({ features }) => features?.[0]), [
    ...[undefined, 4, 4, 4, 4, 5, 5],
  ]);
  assert.deepEqual(people.framesOf(2).map(({ gap }) => gap), [
    ...["no face of person 2", "no face of person 2", "no face of person 2", undefined],
    ...[undefined, undefined, "no face of person 2"],
  ]);
  const about = people.about();
  assert.deepEqual([about?.person, about?.of], [1, 2]);
  assert.ok(Math.abs((about?.share ?? NaN) - 6 / 9) < 1e-6, `${about?.share}`);
  const nobody = new WatchedPeople(frames.slice(0, 0), () => 1);
  assert.deepEqual([nobody.numbers, nobody.main, nobody.about()], [[], undefined, undefined]);
  assert.equal(nobody.about(2), undefined, "nobody was seen, whoever was asked for");
});
